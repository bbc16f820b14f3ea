package io.github.thriftboot.benchmarks.thrift.spring;

import io.github.thriftboot.benchmarks.api.EchoService;
import io.github.thriftboot.client.ThriftClient;

/**
 * The client of those who do not wait.
 */
@ThriftClient(name = "async-echo", service = "EchoService")
interface AsyncEchoClient extends EchoService.AsyncIface {

}
