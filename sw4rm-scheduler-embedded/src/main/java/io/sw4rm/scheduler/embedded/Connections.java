package io.sw4rm.scheduler.embedded;

import java.net.SocketAddress;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import org.jspecify.annotations.Nullable;

/**
 * The server's open connections by the client's address. This handler is in the pipeline
 * of the listening socket, through which all accepted connections pass.
 */
final class Connections extends ChannelInboundHandlerAdapter {

	private final Map<SocketAddress, Channel> channels = new ConcurrentHashMap<>();

	@Override
	public void channelRead(ChannelHandlerContext context, Object message) {
		Channel channel = (Channel) message;
		SocketAddress client = channel.remoteAddress();
		// Unknown if the client has already disconnected
		if (client != null) {
			this.channels.put(client, channel);
			channel.closeFuture().addListener((closed) -> this.channels.remove(client, channel));
		}
		context.fireChannelRead(message);
	}

	/**
	 * Close a connection without sending GOAWAY or pending data.
	 * @param client the client's address of the connection
	 */
	void drop(@Nullable SocketAddress client) {
		Channel channel = (client != null) ? this.channels.get(client) : null;
		if (channel != null) {
			// Channel.close() would let gRPC's handler flush and send GOAWAY first
			channel.eventLoop().execute(() -> channel.unsafe().close(channel.voidPromise()));
		}
	}

}
