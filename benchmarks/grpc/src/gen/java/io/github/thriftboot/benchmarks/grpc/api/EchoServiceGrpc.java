package io.github.thriftboot.benchmarks.grpc.api;

import static io.grpc.MethodDescriptor.generateFullMethodName;

/**
 */
@io.grpc.stub.annotations.GrpcGenerated
public final class EchoServiceGrpc {

  private EchoServiceGrpc() {}

  public static final java.lang.String SERVICE_NAME = "benchmarks.EchoService";

  // Static method descriptors that strictly reflect the proto.
  private static volatile io.grpc.MethodDescriptor<io.github.thriftboot.benchmarks.grpc.api.User,
      io.github.thriftboot.benchmarks.grpc.api.User> getEchoMethod;

  @io.grpc.stub.annotations.RpcMethod(
      fullMethodName = SERVICE_NAME + '/' + "Echo",
      requestType = io.github.thriftboot.benchmarks.grpc.api.User.class,
      responseType = io.github.thriftboot.benchmarks.grpc.api.User.class,
      methodType = io.grpc.MethodDescriptor.MethodType.UNARY)
  public static io.grpc.MethodDescriptor<io.github.thriftboot.benchmarks.grpc.api.User,
      io.github.thriftboot.benchmarks.grpc.api.User> getEchoMethod() {
    io.grpc.MethodDescriptor<io.github.thriftboot.benchmarks.grpc.api.User, io.github.thriftboot.benchmarks.grpc.api.User> getEchoMethod;
    if ((getEchoMethod = EchoServiceGrpc.getEchoMethod) == null) {
      synchronized (EchoServiceGrpc.class) {
        if ((getEchoMethod = EchoServiceGrpc.getEchoMethod) == null) {
          EchoServiceGrpc.getEchoMethod = getEchoMethod =
              io.grpc.MethodDescriptor.<io.github.thriftboot.benchmarks.grpc.api.User, io.github.thriftboot.benchmarks.grpc.api.User>newBuilder()
              .setType(io.grpc.MethodDescriptor.MethodType.UNARY)
              .setFullMethodName(generateFullMethodName(SERVICE_NAME, "Echo"))
              .setSampledToLocalTracing(true)
              .setRequestMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  io.github.thriftboot.benchmarks.grpc.api.User.getDefaultInstance()))
              .setResponseMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  io.github.thriftboot.benchmarks.grpc.api.User.getDefaultInstance()))
              .setSchemaDescriptor(new EchoServiceMethodDescriptorSupplier("Echo"))
              .build();
        }
      }
    }
    return getEchoMethod;
  }

  private static volatile io.grpc.MethodDescriptor<io.github.thriftboot.benchmarks.grpc.api.Users,
      io.github.thriftboot.benchmarks.grpc.api.Users> getEchoUsersMethod;

  @io.grpc.stub.annotations.RpcMethod(
      fullMethodName = SERVICE_NAME + '/' + "EchoUsers",
      requestType = io.github.thriftboot.benchmarks.grpc.api.Users.class,
      responseType = io.github.thriftboot.benchmarks.grpc.api.Users.class,
      methodType = io.grpc.MethodDescriptor.MethodType.UNARY)
  public static io.grpc.MethodDescriptor<io.github.thriftboot.benchmarks.grpc.api.Users,
      io.github.thriftboot.benchmarks.grpc.api.Users> getEchoUsersMethod() {
    io.grpc.MethodDescriptor<io.github.thriftboot.benchmarks.grpc.api.Users, io.github.thriftboot.benchmarks.grpc.api.Users> getEchoUsersMethod;
    if ((getEchoUsersMethod = EchoServiceGrpc.getEchoUsersMethod) == null) {
      synchronized (EchoServiceGrpc.class) {
        if ((getEchoUsersMethod = EchoServiceGrpc.getEchoUsersMethod) == null) {
          EchoServiceGrpc.getEchoUsersMethod = getEchoUsersMethod =
              io.grpc.MethodDescriptor.<io.github.thriftboot.benchmarks.grpc.api.Users, io.github.thriftboot.benchmarks.grpc.api.Users>newBuilder()
              .setType(io.grpc.MethodDescriptor.MethodType.UNARY)
              .setFullMethodName(generateFullMethodName(SERVICE_NAME, "EchoUsers"))
              .setSampledToLocalTracing(true)
              .setRequestMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  io.github.thriftboot.benchmarks.grpc.api.Users.getDefaultInstance()))
              .setResponseMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  io.github.thriftboot.benchmarks.grpc.api.Users.getDefaultInstance()))
              .setSchemaDescriptor(new EchoServiceMethodDescriptorSupplier("EchoUsers"))
              .build();
        }
      }
    }
    return getEchoUsersMethod;
  }

  private static volatile io.grpc.MethodDescriptor<io.github.thriftboot.benchmarks.grpc.api.Blob,
      io.github.thriftboot.benchmarks.grpc.api.Blob> getEchoBlobMethod;

  @io.grpc.stub.annotations.RpcMethod(
      fullMethodName = SERVICE_NAME + '/' + "EchoBlob",
      requestType = io.github.thriftboot.benchmarks.grpc.api.Blob.class,
      responseType = io.github.thriftboot.benchmarks.grpc.api.Blob.class,
      methodType = io.grpc.MethodDescriptor.MethodType.UNARY)
  public static io.grpc.MethodDescriptor<io.github.thriftboot.benchmarks.grpc.api.Blob,
      io.github.thriftboot.benchmarks.grpc.api.Blob> getEchoBlobMethod() {
    io.grpc.MethodDescriptor<io.github.thriftboot.benchmarks.grpc.api.Blob, io.github.thriftboot.benchmarks.grpc.api.Blob> getEchoBlobMethod;
    if ((getEchoBlobMethod = EchoServiceGrpc.getEchoBlobMethod) == null) {
      synchronized (EchoServiceGrpc.class) {
        if ((getEchoBlobMethod = EchoServiceGrpc.getEchoBlobMethod) == null) {
          EchoServiceGrpc.getEchoBlobMethod = getEchoBlobMethod =
              io.grpc.MethodDescriptor.<io.github.thriftboot.benchmarks.grpc.api.Blob, io.github.thriftboot.benchmarks.grpc.api.Blob>newBuilder()
              .setType(io.grpc.MethodDescriptor.MethodType.UNARY)
              .setFullMethodName(generateFullMethodName(SERVICE_NAME, "EchoBlob"))
              .setSampledToLocalTracing(true)
              .setRequestMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  io.github.thriftboot.benchmarks.grpc.api.Blob.getDefaultInstance()))
              .setResponseMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  io.github.thriftboot.benchmarks.grpc.api.Blob.getDefaultInstance()))
              .setSchemaDescriptor(new EchoServiceMethodDescriptorSupplier("EchoBlob"))
              .build();
        }
      }
    }
    return getEchoBlobMethod;
  }

  private static volatile io.grpc.MethodDescriptor<io.github.thriftboot.benchmarks.grpc.api.LateUser,
      io.github.thriftboot.benchmarks.grpc.api.User> getEchoAfterMethod;

  @io.grpc.stub.annotations.RpcMethod(
      fullMethodName = SERVICE_NAME + '/' + "EchoAfter",
      requestType = io.github.thriftboot.benchmarks.grpc.api.LateUser.class,
      responseType = io.github.thriftboot.benchmarks.grpc.api.User.class,
      methodType = io.grpc.MethodDescriptor.MethodType.UNARY)
  public static io.grpc.MethodDescriptor<io.github.thriftboot.benchmarks.grpc.api.LateUser,
      io.github.thriftboot.benchmarks.grpc.api.User> getEchoAfterMethod() {
    io.grpc.MethodDescriptor<io.github.thriftboot.benchmarks.grpc.api.LateUser, io.github.thriftboot.benchmarks.grpc.api.User> getEchoAfterMethod;
    if ((getEchoAfterMethod = EchoServiceGrpc.getEchoAfterMethod) == null) {
      synchronized (EchoServiceGrpc.class) {
        if ((getEchoAfterMethod = EchoServiceGrpc.getEchoAfterMethod) == null) {
          EchoServiceGrpc.getEchoAfterMethod = getEchoAfterMethod =
              io.grpc.MethodDescriptor.<io.github.thriftboot.benchmarks.grpc.api.LateUser, io.github.thriftboot.benchmarks.grpc.api.User>newBuilder()
              .setType(io.grpc.MethodDescriptor.MethodType.UNARY)
              .setFullMethodName(generateFullMethodName(SERVICE_NAME, "EchoAfter"))
              .setSampledToLocalTracing(true)
              .setRequestMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  io.github.thriftboot.benchmarks.grpc.api.LateUser.getDefaultInstance()))
              .setResponseMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  io.github.thriftboot.benchmarks.grpc.api.User.getDefaultInstance()))
              .setSchemaDescriptor(new EchoServiceMethodDescriptorSupplier("EchoAfter"))
              .build();
        }
      }
    }
    return getEchoAfterMethod;
  }

  /**
   * Creates a new async stub that supports all call types for the service
   */
  public static EchoServiceStub newStub(io.grpc.Channel channel) {
    io.grpc.stub.AbstractStub.StubFactory<EchoServiceStub> factory =
      new io.grpc.stub.AbstractStub.StubFactory<EchoServiceStub>() {
        @java.lang.Override
        public EchoServiceStub newStub(io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
          return new EchoServiceStub(channel, callOptions);
        }
      };
    return EchoServiceStub.newStub(factory, channel);
  }

  /**
   * Creates a new blocking-style stub that supports all types of calls on the service
   */
  public static EchoServiceBlockingV2Stub newBlockingV2Stub(
      io.grpc.Channel channel) {
    io.grpc.stub.AbstractStub.StubFactory<EchoServiceBlockingV2Stub> factory =
      new io.grpc.stub.AbstractStub.StubFactory<EchoServiceBlockingV2Stub>() {
        @java.lang.Override
        public EchoServiceBlockingV2Stub newStub(io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
          return new EchoServiceBlockingV2Stub(channel, callOptions);
        }
      };
    return EchoServiceBlockingV2Stub.newStub(factory, channel);
  }

  /**
   * Creates a new blocking-style stub that supports unary and streaming output calls on the service
   */
  public static EchoServiceBlockingStub newBlockingStub(
      io.grpc.Channel channel) {
    io.grpc.stub.AbstractStub.StubFactory<EchoServiceBlockingStub> factory =
      new io.grpc.stub.AbstractStub.StubFactory<EchoServiceBlockingStub>() {
        @java.lang.Override
        public EchoServiceBlockingStub newStub(io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
          return new EchoServiceBlockingStub(channel, callOptions);
        }
      };
    return EchoServiceBlockingStub.newStub(factory, channel);
  }

  /**
   * Creates a new ListenableFuture-style stub that supports unary calls on the service
   */
  public static EchoServiceFutureStub newFutureStub(
      io.grpc.Channel channel) {
    io.grpc.stub.AbstractStub.StubFactory<EchoServiceFutureStub> factory =
      new io.grpc.stub.AbstractStub.StubFactory<EchoServiceFutureStub>() {
        @java.lang.Override
        public EchoServiceFutureStub newStub(io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
          return new EchoServiceFutureStub(channel, callOptions);
        }
      };
    return EchoServiceFutureStub.newStub(factory, channel);
  }

  /**
   */
  public interface AsyncService {

    /**
     */
    default void echo(io.github.thriftboot.benchmarks.grpc.api.User request,
        io.grpc.stub.StreamObserver<io.github.thriftboot.benchmarks.grpc.api.User> responseObserver) {
      io.grpc.stub.ServerCalls.asyncUnimplementedUnaryCall(getEchoMethod(), responseObserver);
    }

    /**
     */
    default void echoUsers(io.github.thriftboot.benchmarks.grpc.api.Users request,
        io.grpc.stub.StreamObserver<io.github.thriftboot.benchmarks.grpc.api.Users> responseObserver) {
      io.grpc.stub.ServerCalls.asyncUnimplementedUnaryCall(getEchoUsersMethod(), responseObserver);
    }

    /**
     */
    default void echoBlob(io.github.thriftboot.benchmarks.grpc.api.Blob request,
        io.grpc.stub.StreamObserver<io.github.thriftboot.benchmarks.grpc.api.Blob> responseObserver) {
      io.grpc.stub.ServerCalls.asyncUnimplementedUnaryCall(getEchoBlobMethod(), responseObserver);
    }

    /**
     */
    default void echoAfter(io.github.thriftboot.benchmarks.grpc.api.LateUser request,
        io.grpc.stub.StreamObserver<io.github.thriftboot.benchmarks.grpc.api.User> responseObserver) {
      io.grpc.stub.ServerCalls.asyncUnimplementedUnaryCall(getEchoAfterMethod(), responseObserver);
    }
  }

  /**
   * Base class for the server implementation of the service EchoService.
   */
  public static abstract class EchoServiceImplBase
      implements io.grpc.BindableService, AsyncService {

    @java.lang.Override public final io.grpc.ServerServiceDefinition bindService() {
      return EchoServiceGrpc.bindService(this);
    }
  }

  /**
   * A stub to allow clients to do asynchronous rpc calls to service EchoService.
   */
  public static final class EchoServiceStub
      extends io.grpc.stub.AbstractAsyncStub<EchoServiceStub> {
    private EchoServiceStub(
        io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
      super(channel, callOptions);
    }

    @java.lang.Override
    protected EchoServiceStub build(
        io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
      return new EchoServiceStub(channel, callOptions);
    }

    /**
     */
    public void echo(io.github.thriftboot.benchmarks.grpc.api.User request,
        io.grpc.stub.StreamObserver<io.github.thriftboot.benchmarks.grpc.api.User> responseObserver) {
      io.grpc.stub.ClientCalls.asyncUnaryCall(
          getChannel().newCall(getEchoMethod(), getCallOptions()), request, responseObserver);
    }

    /**
     */
    public void echoUsers(io.github.thriftboot.benchmarks.grpc.api.Users request,
        io.grpc.stub.StreamObserver<io.github.thriftboot.benchmarks.grpc.api.Users> responseObserver) {
      io.grpc.stub.ClientCalls.asyncUnaryCall(
          getChannel().newCall(getEchoUsersMethod(), getCallOptions()), request, responseObserver);
    }

    /**
     */
    public void echoBlob(io.github.thriftboot.benchmarks.grpc.api.Blob request,
        io.grpc.stub.StreamObserver<io.github.thriftboot.benchmarks.grpc.api.Blob> responseObserver) {
      io.grpc.stub.ClientCalls.asyncUnaryCall(
          getChannel().newCall(getEchoBlobMethod(), getCallOptions()), request, responseObserver);
    }

    /**
     */
    public void echoAfter(io.github.thriftboot.benchmarks.grpc.api.LateUser request,
        io.grpc.stub.StreamObserver<io.github.thriftboot.benchmarks.grpc.api.User> responseObserver) {
      io.grpc.stub.ClientCalls.asyncUnaryCall(
          getChannel().newCall(getEchoAfterMethod(), getCallOptions()), request, responseObserver);
    }
  }

  /**
   * A stub to allow clients to do synchronous rpc calls to service EchoService.
   */
  public static final class EchoServiceBlockingV2Stub
      extends io.grpc.stub.AbstractBlockingStub<EchoServiceBlockingV2Stub> {
    private EchoServiceBlockingV2Stub(
        io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
      super(channel, callOptions);
    }

    @java.lang.Override
    protected EchoServiceBlockingV2Stub build(
        io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
      return new EchoServiceBlockingV2Stub(channel, callOptions);
    }

    /**
     */
    public io.github.thriftboot.benchmarks.grpc.api.User echo(io.github.thriftboot.benchmarks.grpc.api.User request) throws io.grpc.StatusException {
      return io.grpc.stub.ClientCalls.blockingV2UnaryCall(
          getChannel(), getEchoMethod(), getCallOptions(), request);
    }

    /**
     */
    public io.github.thriftboot.benchmarks.grpc.api.Users echoUsers(io.github.thriftboot.benchmarks.grpc.api.Users request) throws io.grpc.StatusException {
      return io.grpc.stub.ClientCalls.blockingV2UnaryCall(
          getChannel(), getEchoUsersMethod(), getCallOptions(), request);
    }

    /**
     */
    public io.github.thriftboot.benchmarks.grpc.api.Blob echoBlob(io.github.thriftboot.benchmarks.grpc.api.Blob request) throws io.grpc.StatusException {
      return io.grpc.stub.ClientCalls.blockingV2UnaryCall(
          getChannel(), getEchoBlobMethod(), getCallOptions(), request);
    }

    /**
     */
    public io.github.thriftboot.benchmarks.grpc.api.User echoAfter(io.github.thriftboot.benchmarks.grpc.api.LateUser request) throws io.grpc.StatusException {
      return io.grpc.stub.ClientCalls.blockingV2UnaryCall(
          getChannel(), getEchoAfterMethod(), getCallOptions(), request);
    }
  }

  /**
   * A stub to allow clients to do limited synchronous rpc calls to service EchoService.
   */
  public static final class EchoServiceBlockingStub
      extends io.grpc.stub.AbstractBlockingStub<EchoServiceBlockingStub> {
    private EchoServiceBlockingStub(
        io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
      super(channel, callOptions);
    }

    @java.lang.Override
    protected EchoServiceBlockingStub build(
        io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
      return new EchoServiceBlockingStub(channel, callOptions);
    }

    /**
     */
    public io.github.thriftboot.benchmarks.grpc.api.User echo(io.github.thriftboot.benchmarks.grpc.api.User request) {
      return io.grpc.stub.ClientCalls.blockingUnaryCall(
          getChannel(), getEchoMethod(), getCallOptions(), request);
    }

    /**
     */
    public io.github.thriftboot.benchmarks.grpc.api.Users echoUsers(io.github.thriftboot.benchmarks.grpc.api.Users request) {
      return io.grpc.stub.ClientCalls.blockingUnaryCall(
          getChannel(), getEchoUsersMethod(), getCallOptions(), request);
    }

    /**
     */
    public io.github.thriftboot.benchmarks.grpc.api.Blob echoBlob(io.github.thriftboot.benchmarks.grpc.api.Blob request) {
      return io.grpc.stub.ClientCalls.blockingUnaryCall(
          getChannel(), getEchoBlobMethod(), getCallOptions(), request);
    }

    /**
     */
    public io.github.thriftboot.benchmarks.grpc.api.User echoAfter(io.github.thriftboot.benchmarks.grpc.api.LateUser request) {
      return io.grpc.stub.ClientCalls.blockingUnaryCall(
          getChannel(), getEchoAfterMethod(), getCallOptions(), request);
    }
  }

  /**
   * A stub to allow clients to do ListenableFuture-style rpc calls to service EchoService.
   */
  public static final class EchoServiceFutureStub
      extends io.grpc.stub.AbstractFutureStub<EchoServiceFutureStub> {
    private EchoServiceFutureStub(
        io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
      super(channel, callOptions);
    }

    @java.lang.Override
    protected EchoServiceFutureStub build(
        io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
      return new EchoServiceFutureStub(channel, callOptions);
    }

    /**
     */
    public com.google.common.util.concurrent.ListenableFuture<io.github.thriftboot.benchmarks.grpc.api.User> echo(
        io.github.thriftboot.benchmarks.grpc.api.User request) {
      return io.grpc.stub.ClientCalls.futureUnaryCall(
          getChannel().newCall(getEchoMethod(), getCallOptions()), request);
    }

    /**
     */
    public com.google.common.util.concurrent.ListenableFuture<io.github.thriftboot.benchmarks.grpc.api.Users> echoUsers(
        io.github.thriftboot.benchmarks.grpc.api.Users request) {
      return io.grpc.stub.ClientCalls.futureUnaryCall(
          getChannel().newCall(getEchoUsersMethod(), getCallOptions()), request);
    }

    /**
     */
    public com.google.common.util.concurrent.ListenableFuture<io.github.thriftboot.benchmarks.grpc.api.Blob> echoBlob(
        io.github.thriftboot.benchmarks.grpc.api.Blob request) {
      return io.grpc.stub.ClientCalls.futureUnaryCall(
          getChannel().newCall(getEchoBlobMethod(), getCallOptions()), request);
    }

    /**
     */
    public com.google.common.util.concurrent.ListenableFuture<io.github.thriftboot.benchmarks.grpc.api.User> echoAfter(
        io.github.thriftboot.benchmarks.grpc.api.LateUser request) {
      return io.grpc.stub.ClientCalls.futureUnaryCall(
          getChannel().newCall(getEchoAfterMethod(), getCallOptions()), request);
    }
  }

  private static final int METHODID_ECHO = 0;
  private static final int METHODID_ECHO_USERS = 1;
  private static final int METHODID_ECHO_BLOB = 2;
  private static final int METHODID_ECHO_AFTER = 3;

  private static final class MethodHandlers<Req, Resp> implements
      io.grpc.stub.ServerCalls.UnaryMethod<Req, Resp>,
      io.grpc.stub.ServerCalls.ServerStreamingMethod<Req, Resp>,
      io.grpc.stub.ServerCalls.ClientStreamingMethod<Req, Resp>,
      io.grpc.stub.ServerCalls.BidiStreamingMethod<Req, Resp> {
    private final AsyncService serviceImpl;
    private final int methodId;

    MethodHandlers(AsyncService serviceImpl, int methodId) {
      this.serviceImpl = serviceImpl;
      this.methodId = methodId;
    }

    @java.lang.Override
    @java.lang.SuppressWarnings("unchecked")
    public void invoke(Req request, io.grpc.stub.StreamObserver<Resp> responseObserver) {
      switch (methodId) {
        case METHODID_ECHO:
          serviceImpl.echo((io.github.thriftboot.benchmarks.grpc.api.User) request,
              (io.grpc.stub.StreamObserver<io.github.thriftboot.benchmarks.grpc.api.User>) responseObserver);
          break;
        case METHODID_ECHO_USERS:
          serviceImpl.echoUsers((io.github.thriftboot.benchmarks.grpc.api.Users) request,
              (io.grpc.stub.StreamObserver<io.github.thriftboot.benchmarks.grpc.api.Users>) responseObserver);
          break;
        case METHODID_ECHO_BLOB:
          serviceImpl.echoBlob((io.github.thriftboot.benchmarks.grpc.api.Blob) request,
              (io.grpc.stub.StreamObserver<io.github.thriftboot.benchmarks.grpc.api.Blob>) responseObserver);
          break;
        case METHODID_ECHO_AFTER:
          serviceImpl.echoAfter((io.github.thriftboot.benchmarks.grpc.api.LateUser) request,
              (io.grpc.stub.StreamObserver<io.github.thriftboot.benchmarks.grpc.api.User>) responseObserver);
          break;
        default:
          throw new AssertionError();
      }
    }

    @java.lang.Override
    @java.lang.SuppressWarnings("unchecked")
    public io.grpc.stub.StreamObserver<Req> invoke(
        io.grpc.stub.StreamObserver<Resp> responseObserver) {
      switch (methodId) {
        default:
          throw new AssertionError();
      }
    }
  }

  public static final io.grpc.ServerServiceDefinition bindService(AsyncService service) {
    return io.grpc.ServerServiceDefinition.builder(getServiceDescriptor())
        .addMethod(
          getEchoMethod(),
          io.grpc.stub.ServerCalls.asyncUnaryCall(
            new MethodHandlers<
              io.github.thriftboot.benchmarks.grpc.api.User,
              io.github.thriftboot.benchmarks.grpc.api.User>(
                service, METHODID_ECHO)))
        .addMethod(
          getEchoUsersMethod(),
          io.grpc.stub.ServerCalls.asyncUnaryCall(
            new MethodHandlers<
              io.github.thriftboot.benchmarks.grpc.api.Users,
              io.github.thriftboot.benchmarks.grpc.api.Users>(
                service, METHODID_ECHO_USERS)))
        .addMethod(
          getEchoBlobMethod(),
          io.grpc.stub.ServerCalls.asyncUnaryCall(
            new MethodHandlers<
              io.github.thriftboot.benchmarks.grpc.api.Blob,
              io.github.thriftboot.benchmarks.grpc.api.Blob>(
                service, METHODID_ECHO_BLOB)))
        .addMethod(
          getEchoAfterMethod(),
          io.grpc.stub.ServerCalls.asyncUnaryCall(
            new MethodHandlers<
              io.github.thriftboot.benchmarks.grpc.api.LateUser,
              io.github.thriftboot.benchmarks.grpc.api.User>(
                service, METHODID_ECHO_AFTER)))
        .build();
  }

  private static abstract class EchoServiceBaseDescriptorSupplier
      implements io.grpc.protobuf.ProtoFileDescriptorSupplier, io.grpc.protobuf.ProtoServiceDescriptorSupplier {
    EchoServiceBaseDescriptorSupplier() {}

    @java.lang.Override
    public com.google.protobuf.Descriptors.FileDescriptor getFileDescriptor() {
      return io.github.thriftboot.benchmarks.grpc.api.Echo.getDescriptor();
    }

    @java.lang.Override
    public com.google.protobuf.Descriptors.ServiceDescriptor getServiceDescriptor() {
      return getFileDescriptor().findServiceByName("EchoService");
    }
  }

  private static final class EchoServiceFileDescriptorSupplier
      extends EchoServiceBaseDescriptorSupplier {
    EchoServiceFileDescriptorSupplier() {}
  }

  private static final class EchoServiceMethodDescriptorSupplier
      extends EchoServiceBaseDescriptorSupplier
      implements io.grpc.protobuf.ProtoMethodDescriptorSupplier {
    private final java.lang.String methodName;

    EchoServiceMethodDescriptorSupplier(java.lang.String methodName) {
      this.methodName = methodName;
    }

    @java.lang.Override
    public com.google.protobuf.Descriptors.MethodDescriptor getMethodDescriptor() {
      return getServiceDescriptor().findMethodByName(methodName);
    }
  }

  private static volatile io.grpc.ServiceDescriptor serviceDescriptor;

  public static io.grpc.ServiceDescriptor getServiceDescriptor() {
    io.grpc.ServiceDescriptor result = serviceDescriptor;
    if (result == null) {
      synchronized (EchoServiceGrpc.class) {
        result = serviceDescriptor;
        if (result == null) {
          serviceDescriptor = result = io.grpc.ServiceDescriptor.newBuilder(SERVICE_NAME)
              .setSchemaDescriptor(new EchoServiceFileDescriptorSupplier())
              .addMethod(getEchoMethod())
              .addMethod(getEchoUsersMethod())
              .addMethod(getEchoBlobMethod())
              .addMethod(getEchoAfterMethod())
              .build();
        }
      }
    }
    return result;
  }
}
