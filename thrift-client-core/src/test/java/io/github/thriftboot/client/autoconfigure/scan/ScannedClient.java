package io.github.thriftboot.client.autoconfigure.scan;

import io.github.thriftboot.client.ThriftClient;
import io.github.thriftboot.test.EchoService;

@ThriftClient
interface ScannedClient extends EchoService.Iface {

}
