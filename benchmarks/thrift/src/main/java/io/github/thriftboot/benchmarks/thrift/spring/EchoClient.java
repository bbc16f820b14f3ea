package io.github.thriftboot.benchmarks.thrift.spring;

import io.github.thriftboot.benchmarks.api.EchoService;
import io.github.thriftboot.client.ThriftClient;

/**
 * The client of those who wait.
 */
@ThriftClient(name = "echo", service = "EchoService")
interface EchoClient extends EchoService.Iface {

}
