package io.sw4rm.scheduler.testsupport;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;

import com.google.protobuf.MessageLite;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.ChannelOutboundHandlerAdapter;
import io.netty.channel.ChannelPromise;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.group.ChannelGroup;
import io.netty.channel.group.DefaultChannelGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.handler.codec.http2.DefaultHttp2DataFrame;
import io.netty.handler.codec.http2.DefaultHttp2Headers;
import io.netty.handler.codec.http2.DefaultHttp2HeadersFrame;
import io.netty.handler.codec.http2.DefaultHttp2ResetFrame;
import io.netty.handler.codec.http2.DefaultHttp2WindowUpdateFrame;
import io.netty.handler.codec.http2.Http2CodecUtil;
import io.netty.handler.codec.http2.Http2DataFrame;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.handler.codec.http2.Http2FrameCodec;
import io.netty.handler.codec.http2.Http2FrameCodecBuilder;
import io.netty.handler.codec.http2.Http2FrameStream;
import io.netty.handler.codec.http2.Http2Headers;
import io.netty.handler.codec.http2.Http2HeadersFrame;
import io.netty.util.ReferenceCountUtil;
import io.netty.util.concurrent.GlobalEventExecutor;
import org.jspecify.annotations.Nullable;

import io.sw4rm.scheduler.proto.ActivityEntry;
import io.sw4rm.scheduler.proto.PollActivityBufferResponse;
import io.sw4rm.scheduler.proto.SubmitTaskResponse;

/**
 * An HTTP/2 server without gRPC, whose responses tests define frame by frame. By default,
 * it responds to SubmitTask and PollActivityBuffer like a valid scheduler.
 */
public final class Http2Server implements AutoCloseable {

	/**
	 * The response of a valid scheduler.
	 */
	public static final Answer GOOD = (stream) -> {
		stream.headers();
		stream.data(GrpcMessage.of(stream.goodResponse()));
		stream.trailers("grpc-status", "0");
	};

	private final EventLoopGroup eventLoop = new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());

	private final ChannelGroup connections = new DefaultChannelGroup(GlobalEventExecutor.INSTANCE);

	/** The last one is kept; guarded by itself. */
	private final Deque<Answer> answers = new ArrayDeque<>(List.of(GOOD));

	private final Channel listener;

	/**
	 * Listen on any free port of the loopback interface.
	 */
	public Http2Server() {
		this.listener = new ServerBootstrap().group(this.eventLoop)
			.channel(NioServerSocketChannel.class)
			.childHandler(new ChannelInitializer<>() {

				@Override
				protected void initChannel(Channel connection) {
					accept(connection);
				}

			})
			.bind(InetAddress.getLoopbackAddress(), 0)
			.syncUninterruptibly()
			.channel();
	}

	public int port() {
		return ((InetSocketAddress) this.listener.localAddress()).getPort();
	}

	public String address() {
		return InetAddress.getLoopbackAddress().getHostAddress() + ":" + port();
	}

	/**
	 * Set the responses to the next requests.
	 * @param answers the response to each request; the last one also applies to all later
	 * requests
	 */
	public void answer(Answer... answers) {
		synchronized (this.answers) {
			this.answers.clear();
			this.answers.addAll(List.of(answers));
		}
	}

	/**
	 * Close all connections.
	 */
	public void disconnect() {
		this.connections.close().syncUninterruptibly();
	}

	@Override
	public void close() {
		this.listener.close().syncUninterruptibly();
		disconnect();
		this.eventLoop.shutdownGracefully(0, 5, TimeUnit.SECONDS).syncUninterruptibly();
	}

	private void accept(Channel connection) {
		this.connections.add(connection);
		Corruption corruption = new Corruption();
		Http2FrameCodec codec = Http2FrameCodecBuilder.forServer()
			.validateHeaders(false)
			.encoderEnforceMaxRstFramesPerWindow(0, 0)
			.build();
		connection.pipeline().addLast(corruption, codec, new RequestHandler(codec, corruption));
	}

	private Answer nextAnswer() {
		synchronized (this.answers) {
			return (this.answers.size() > 1) ? this.answers.removeFirst() : this.answers.getFirst();
		}
	}

	/**
	 * Responds to a request. Called on the connection's event loop when the request is
	 * complete.
	 */
	@FunctionalInterface
	public interface Answer {

		void to(Stream stream);

	}

	/**
	 * The stream of a request, to send the response. The response is not validated.
	 */
	public static final class Stream {

		private final ChannelHandlerContext context;

		private final Http2FrameCodec codec;

		private final Corruption corruption;

		private final Http2FrameStream stream;

		private final String path;

		private Stream(ChannelHandlerContext context, Http2FrameCodec codec, Corruption corruption,
				Http2FrameStream stream, String path) {
			this.context = context;
			this.codec = codec;
			this.corruption = corruption;
			this.stream = stream;
			this.path = path;
		}

		/**
		 * Return a valid response message for the request.
		 * @return the message
		 */
		public MessageLite goodResponse() {
			if (this.path.endsWith("/SubmitTask")) {
				return SubmitTaskResponse.newBuilder().setAccepted(true).setReason("at once").build();
			}
			return PollActivityBufferResponse.newBuilder()
				.addEntries(ActivityEntry.newBuilder().setTaskId("task-1").setDescription("Says hello"))
				.build();
		}

		/**
		 * Send the headers of a valid response and additional headers.
		 * @param namesAndValues alternating names and values
		 */
		public void headers(String... namesAndValues) {
			headers(with(new DefaultHttp2Headers(false).status("200").set("content-type", "application/grpc"),
					namesAndValues), false);
		}

		/**
		 * Send only these headers.
		 * @param headers the headers
		 * @param endOfStream whether they end the response
		 */
		public void headers(Http2Headers headers, boolean endOfStream) {
			this.context.writeAndFlush(new DefaultHttp2HeadersFrame(headers, endOfStream).stream(this.stream));
		}

		/**
		 * Send only these trailers and end the response.
		 * @param namesAndValues alternating names and values
		 */
		public void trailers(String... namesAndValues) {
			headers(with(new DefaultHttp2Headers(false), namesAndValues), true);
		}

		/**
		 * Send bytes of the body.
		 * @param data the bytes
		 */
		public void data(byte[] data) {
			data(data, false);
		}

		/**
		 * Send bytes of the body.
		 * @param data the bytes
		 * @param endOfStream whether they end the response
		 */
		public void data(byte[] data, boolean endOfStream) {
			this.context.writeAndFlush(
					new DefaultHttp2DataFrame(Unpooled.wrappedBuffer(data), endOfStream).stream(this.stream));
		}

		/**
		 * Reset the stream.
		 * @param error the reason
		 */
		public void reset(Http2Error error) {
			this.context.writeAndFlush(new DefaultHttp2ResetFrame(error).stream(this.stream));
		}

		/**
		 * Send GOAWAY.
		 * @param processed whether this request was processed
		 * @param error the reason
		 */
		public void goAway(boolean processed, Http2Error error) {
			goAway(processed, error, "");
		}

		/**
		 * Say that the connection ends.
		 * @param processed whether this request was processed
		 * @param error why the connection ends
		 * @param details the reason as text
		 */
		public void goAway(boolean processed, Http2Error error, String details) {
			ChannelHandlerContext codecContext = this.context.pipeline().context(this.codec);
			this.codec.goAway(codecContext, processed ? this.stream.id() : 0, error.code(),
					Unpooled.copiedBuffer(details, StandardCharsets.US_ASCII), codecContext.newPromise());
			codecContext.flush();
		}

		/**
		 * Reset the connection without sending GOAWAY.
		 */
		public void disconnect() {
			Channel connection = this.context.channel();
			connection.config().setOption(ChannelOption.SO_LINGER, 0);
			// Channel.close() would let the codec send GOAWAY first
			connection.unsafe().close(connection.voidPromise());
		}

		/**
		 * Close the connection after everything is sent.
		 */
		public void close() {
			this.context.close();
		}

		/**
		 * Respond and change the bytes of all frames of the response.
		 * @param change changes the bytes
		 * @param answer the response
		 */
		public void corrupted(UnaryOperator<byte[]> change, Answer answer) {
			this.corruption.begin();
			answer.to(this);
			this.corruption.end(change);
		}

		/**
		 * Repeat an action as long as the connection is open.
		 * @param intervalMillis the delay between two actions
		 * @param action the action
		 */
		public void repeat(long intervalMillis, Runnable action) {
			var task = this.context.executor().scheduleAtFixedRate(action, 0, intervalMillis, TimeUnit.MILLISECONDS);
			this.context.channel().closeFuture().addListener((closed) -> task.cancel(false));
		}

		private static Http2Headers with(Http2Headers headers, String... namesAndValues) {
			for (int i = 0; i < namesAndValues.length; i += 2) {
				headers.add(namesAndValues[i], namesAndValues[i + 1]);
			}
			return headers;
		}

	}

	/**
	 * Waits for complete requests and responds to them.
	 */
	private final class RequestHandler extends ChannelInboundHandlerAdapter {

		private final Http2FrameCodec codec;

		private final Corruption corruption;

		private final Map<Http2FrameStream, String> paths = new HashMap<>();

		private RequestHandler(Http2FrameCodec codec, Corruption corruption) {
			this.codec = codec;
			this.corruption = corruption;
		}

		@Override
		public void channelRead(ChannelHandlerContext context, Object frame) throws Http2Exception {
			try {
				if (frame instanceof Http2HeadersFrame headers) {
					this.paths.put(headers.stream(), headers.headers().path().toString());
				}
				else if (frame instanceof Http2DataFrame data) {
					read(context, data);
				}
			}
			finally {
				ReferenceCountUtil.release(frame);
			}
		}

		private void read(ChannelHandlerContext context, Http2DataFrame data) throws Http2Exception {
			context.write(new DefaultHttp2WindowUpdateFrame(data.initialFlowControlledBytes()).stream(data.stream()));
			if (data.isEndStream()) {
				// The test, not the codec, defines the limit of the client
				this.codec.encoder()
					.configuration()
					.headersConfiguration()
					.maxHeaderListSize(Http2CodecUtil.MAX_HEADER_LIST_SIZE);
				String path = Objects.requireNonNull(this.paths.remove(data.stream()),
						"headers must be received first");
				nextAnswer().to(new Stream(context, this.codec, this.corruption, data.stream(), path));
			}
		}

		@Override
		public void exceptionCaught(ChannelHandlerContext context, Throwable failure) {
			// The client has disconnected or closed the stream before the response ended
		}

	}

	/**
	 * Changes bytes between codec and network.
	 */
	private static final class Corruption extends ChannelOutboundHandlerAdapter {

		private @Nullable ChannelHandlerContext context;

		private @Nullable ByteBuf held;

		@Override
		public void handlerAdded(ChannelHandlerContext context) {
			this.context = context;
		}

		void begin() {
			this.held = Unpooled.buffer();
		}

		void end(UnaryOperator<byte[]> change) {
			byte[] bytes = ByteBufUtil.getBytes(this.held);
			this.held = null;
			Objects.requireNonNull(this.context).writeAndFlush(Unpooled.wrappedBuffer(change.apply(bytes)));
		}

		@Override
		public void write(ChannelHandlerContext context, Object message, ChannelPromise promise) {
			if (this.held == null) {
				context.write(message, promise);
				return;
			}
			this.held.writeBytes((ByteBuf) message);
			ReferenceCountUtil.release(message);
			promise.trySuccess();
		}

	}

}
