package io.github.thriftboot.samples.consumer;

import io.github.thriftboot.client.ThriftClient;
import io.github.thriftboot.samples.api.UserService;

/**
 * The user service. An annotated interface is all that a client needs; what answers while
 * the service is down is a class of its own, {@link UserFallback}.
 */
@ThriftClient
interface UserClient extends UserService.Iface {

}
