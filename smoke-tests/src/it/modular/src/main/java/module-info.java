/**
 * An application on the module path. Automatic modules, such as gRPC's, do not name the
 * modules that they need: the first and third do that for {@code io.grpc.netty}.
 */
module com.example.modular {

	requires com.google.common.util.concurrent.internal;
	requires io.grpc.netty;
	requires io.netty.codec.http2;
	requires io.sw4rm.scheduler.client;
	requires io.sw4rm.scheduler.embedded;
	requires io.sw4rm.scheduler.proto;

}
