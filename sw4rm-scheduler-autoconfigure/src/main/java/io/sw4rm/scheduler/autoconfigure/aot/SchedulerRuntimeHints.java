package io.sw4rm.scheduler.autoconfigure.aot;

import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Message;
import io.grpc.MethodDescriptor;
import io.grpc.MethodDescriptor.PrototypeMarshaller;
import io.grpc.ServiceDescriptor;
import io.grpc.health.v1.HealthGrpc;
import org.jspecify.annotations.Nullable;

import org.springframework.aot.hint.MemberCategory;
import org.springframework.aot.hint.RuntimeHints;
import org.springframework.aot.hint.RuntimeHintsRegistrar;
import org.springframework.util.ClassUtils;

import io.sw4rm.scheduler.client.address.SchedulerAddress;
import io.sw4rm.scheduler.proto.SchedulerServiceGrpc;

/**
 * {@link RuntimeHintsRegistrar} for the messages of the protocol, for the optional
 * libraries whose presence is checked at run time, and for resources.
 */
class SchedulerRuntimeHints implements RuntimeHintsRegistrar {

	private static final List<String> OPTIONAL_CLASSES = List.of("io.grpc.netty.NettyChannelBuilder",
			"io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder", "io.grpc.protobuf.services.HealthStatusManager",
			"io.micrometer.core.instrument.observation.MeterObservationHandler",
			"io.micrometer.tracing.handler.TracingObservationHandler", "io.sw4rm.scheduler.embedded.EmbeddedScheduler",
			"io.sw4rm.scheduler.test.SchedulerContainer", "reactor.core.publisher.Mono");

	@Override
	public void registerHints(RuntimeHints hints, @Nullable ClassLoader classLoader) {
		OPTIONAL_CLASSES.forEach((name) -> hints.reflection().registerTypeIfPresent(classLoader, name));
		hints.resources()
			.registerPattern(ClassUtils.addResourcePathToPackagePath(SchedulerAddress.class, "version.properties"));
		registerMessages(hints, SchedulerServiceGrpc.getServiceDescriptor());
		if (ClassUtils.isPresent("io.grpc.health.v1.HealthGrpc", classLoader)) {
			HealthMessages.register(hints);
		}
	}

	private static void registerMessages(RuntimeHints hints, ServiceDescriptor service) {
		Set<Message> messages = new LinkedHashSet<>();
		for (MethodDescriptor<?, ?> method : service.getMethods()) {
			add(messages, prototype(method.getRequestMarshaller()));
			add(messages, prototype(method.getResponseMarshaller()));
		}
		for (Message message : messages) {
			hints.reflection().registerType(message.getClass(), MemberCategory.INVOKE_PUBLIC_METHODS);
			hints.reflection()
				.registerType(message.newBuilderForType().getClass(), MemberCategory.INVOKE_PUBLIC_METHODS);
		}
	}

	private static Message prototype(MethodDescriptor.Marshaller<?> marshaller) {
		return (Message) ((PrototypeMarshaller<?>) marshaller).getMessagePrototype();
	}

	private static void add(Set<Message> messages, Message message) {
		if (messages.add(message)) {
			message.getDescriptorForType()
				.getFields()
				.stream()
				.filter((field) -> field.getJavaType() == FieldDescriptor.JavaType.MESSAGE)
				.forEach((field) -> add(messages,
						message.newBuilderForType().newBuilderForField(field).getDefaultInstanceForType()));
		}
	}

	/**
	 * The messages of the health service, which is optional.
	 */
	private static final class HealthMessages {

		static void register(RuntimeHints hints) {
			registerMessages(hints, HealthGrpc.getServiceDescriptor());
		}

	}

}
