package io.sw4rm.scheduler.autoconfigure;

import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Pattern;
import java.util.stream.Stream;

import io.grpc.Channel;
import io.grpc.ClientInterceptor;
import io.grpc.ManagedChannelBuilder;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;

import org.springframework.beans.factory.BeanFactoryUtils;
import org.springframework.beans.factory.ListableBeanFactory;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.boot.context.properties.bind.Bindable;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.source.InvalidConfigurationPropertyValueException;
import org.springframework.boot.ssl.SslBundle;
import org.springframework.boot.ssl.SslBundles;
import org.springframework.context.ApplicationEventPublisher;
import org.springframework.core.env.Environment;
import org.springframework.util.Assert;

import io.sw4rm.scheduler.autoconfigure.channel.ConnectionSettings;
import io.sw4rm.scheduler.autoconfigure.channel.SchedulerChannel;
import io.sw4rm.scheduler.autoconfigure.channel.SchedulerConnection;
import io.sw4rm.scheduler.autoconfigure.channel.SchedulerConnectionFactory;
import io.sw4rm.scheduler.autoconfigure.diagnostics.SchedulerFailureException;
import io.sw4rm.scheduler.autoconfigure.tls.SchedulerTls;
import io.sw4rm.scheduler.client.address.SchedulerAddress;
import io.sw4rm.scheduler.client.address.SchedulerAddress.Security;

/**
 * Provides the properties, beans and connection of each scheduler: the one without a
 * name, called {@value #DEFAULT_NAME} here, and those of
 * {@code sw4rm.scheduler.client.<name>.*}. For internal use; applications use
 * {@link SchedulerClientFactory}.
 * <p>
 * Thread-safe.
 *
 * @since 0.1.0
 */
public final class SchedulerConnections {

	private static final Log logger = LogFactory.getLog(SchedulerConnections.class);

	/**
	 * The name of the scheduler without a name.
	 */
	public static final String DEFAULT_NAME = "default";

	/**
	 * The bean name of the connection details that the properties define.
	 */
	public static final String CONNECTION_DETAILS_BEAN_NAME = "sw4rmSchedulerConnectionDetails";

	private static final String PREFIX = "sw4rm.scheduler.";

	private static final String CLIENT_PROPERTY = "sw4rm.scheduler.client";

	private static final Pattern NAME = Pattern.compile("(?!(default|sw4rm)$)[a-z0-9][a-z0-9-]*");

	private final ConfigurableListableBeanFactory beanFactory;

	private final Binder binder;

	private final ApplicationEventPublisher eventPublisher;

	private final SchedulerProperties properties;

	private final Map<String, SchedulerClientProperties> clientProperties = new ConcurrentHashMap<>();

	private final Set<String> names = new LinkedHashSet<>();

	private final SchedulerBeans beans;

	SchedulerConnections(ConfigurableListableBeanFactory beanFactory, Environment environment,
			ApplicationEventPublisher eventPublisher, SchedulerProperties properties) {
		this.beanFactory = beanFactory;
		this.eventPublisher = eventPublisher;
		this.binder = Binder.get(environment);
		this.properties = properties;
		if (beanFactory.containsBean(SchedulerChannel.BEAN_NAME)) {
			this.names.add(DEFAULT_NAME);
		}
		this.names.addAll(namedSchedulers(environment));
		this.beans = new SchedulerBeans(beanFactory, this.names);
	}

	/**
	 * Return whether the environment sets the address of the default scheduler.
	 * @param environment the environment
	 * @return whether the address is set
	 */
	public static boolean isAddressSet(Environment environment) {
		return isSet(Binder.get(environment), PREFIX + "address");
	}

	private static boolean isSet(Binder binder, String addressProperty) {
		return binder.bind(addressProperty, Bindable.listOf(String.class)).isBound();
	}

	/**
	 * Return the names of the clients that the environment defines.
	 * @param environment the environment
	 * @return the names
	 */
	public static Set<String> namedSchedulers(Environment environment) {
		Set<String> names = Binder.get(environment)
			.bind(CLIENT_PROPERTY, Bindable.mapOf(String.class, Object.class))
			.map(Map::keySet)
			.orElse(Set.of());
		for (String name : names) {
			if (!NAME.matcher(name).matches()) {
				throw new InvalidConfigurationPropertyValueException(CLIENT_PROPERTY + "." + name, "",
						"The name of a client may contain lower-case letters, digits and dashes. 'default' and 'sw4rm' are reserved. Use another name.");
			}
		}
		return names;
	}

	/**
	 * Return whether the application's own bean replaces the channel of the default
	 * scheduler.
	 * @param beanFactory the bean factory of the application
	 * @return whether the channel is replaced
	 */
	public static boolean isChannelReplaced(ListableBeanFactory beanFactory) {
		return beanFactory.containsBean(SchedulerChannel.BEAN_NAME)
				&& BeanFactoryUtils.beanNamesForTypeIncludingAncestors(beanFactory,
						SchedulerChannelConfiguration.DefaultChannelConfiguration.class, true, false).length == 0;
	}

	/**
	 * Return the names of all schedulers, the one without a name first, if there is one.
	 * @return the names
	 */
	public Set<String> names() {
		return Collections.unmodifiableSet(this.names);
	}

	/**
	 * Return whether there are schedulers with a name.
	 * @return whether there are named schedulers
	 */
	public boolean hasNames() {
		return this.names.size() > 1 || !this.names.contains(DEFAULT_NAME);
	}

	/**
	 * Return the prefix of a scheduler's properties.
	 * @param name the name of the scheduler
	 * @return the prefix, including the trailing dot
	 */
	public String prefix(String name) {
		return name.equals(DEFAULT_NAME) ? PREFIX : CLIENT_PROPERTY + "." + name + ".";
	}

	/**
	 * Return the properties of a scheduler, including those that it inherits.
	 * @param name the name of the scheduler
	 * @return valid properties
	 */
	public SchedulerClientProperties properties(String name) {
		return name.equals(DEFAULT_NAME) ? this.properties
				: this.clientProperties.computeIfAbsent(name, this::bindProperties);
	}

	private SchedulerClientProperties bindProperties(String name) {
		SchedulerClientProperties properties = new SchedulerClientProperties();
		this.binder.bind("sw4rm.scheduler", Bindable.ofInstance(properties));
		properties.getMetadata().clear();
		properties.getSsl().setServerNameOverride(null);
		this.binder.bind(CLIENT_PROPERTY + "." + name, Bindable.ofInstance(properties));
		new SchedulerPropertiesValidator(prefix(name)).validate(properties);
		return properties;
	}

	/**
	 * Bind additional properties of a scheduler, after those that it inherits.
	 * @param name the name of the scheduler
	 * @param group the group of properties, such as {@code health}
	 * @param properties the properties to bind
	 * @param inherit whether to inherit properties that are not set from
	 * {@code sw4rm.scheduler.*}
	 * @param <T> the type of the properties
	 * @return the same properties
	 */
	public <T> T bind(String name, String group, T properties, boolean inherit) {
		if (inherit || name.equals(DEFAULT_NAME)) {
			this.binder.bind(PREFIX + group, Bindable.ofInstance(properties));
		}
		if (!name.equals(DEFAULT_NAME)) {
			this.binder.bind(prefix(name) + group, Bindable.ofInstance(properties));
		}
		return properties;
	}

	/**
	 * Return the beans of the application context, to be selected by scheduler.
	 * @return the beans
	 */
	public SchedulerBeans beans() {
		return this.beans;
	}

	/**
	 * Return the connection to a scheduler, which is created when it is first needed.
	 * @param name the name of the scheduler
	 * @return the connection
	 * @throws IllegalArgumentException if there is no scheduler with this name
	 */
	public SchedulerConnection get(String name) {
		Assert.isTrue(this.names.contains(name),
				() -> "There is no scheduler '%s' (available: %s). Define it with '%s.%s.address'".formatted(name,
						this.names, CLIENT_PROPERTY, name));
		return this.beanFactory.getBean(connectionBeanName(name), SchedulerConnection.class);
	}

	static String connectionBeanName(String name) {
		return name.equals(DEFAULT_NAME) ? "sw4rmSchedulerConnection" : name + "SchedulerConnection";
	}

	/**
	 * Create the connection to a scheduler.
	 */
	SchedulerConnection connect(String name) {
		SchedulerConnection connection = connect(name, properties(name));
		connection.publishEvents(name, this.eventPublisher);
		return connection;
	}

	private SchedulerConnection connect(String name, SchedulerClientProperties properties) {
		if (name.equals(DEFAULT_NAME) && isChannelReplaced(this.beanFactory)) {
			new SchedulerPropertiesValidator(PREFIX).validateForReplacedChannel(properties);
			interceptors(name, null);
			return SchedulerConnection.of(this.beanFactory.getBean(SchedulerChannel.BEAN_NAME, Channel.class));
		}
		SchedulerConnectionDetails details = connectionDetails(name, properties);
		SchedulerAddress address = SchedulerAddress.parse(details.getAddress());
		return this.beanFactory.getBean(SchedulerConnectionFactory.class)
			.connect(new ConnectionSettings(prefix(name), address, tls(details, address),
					properties.getSsl().getServerNameOverride(), details.isEmbedded(), properties,
					interceptors(name, address), (builder) -> customize(name, builder)));
	}

	private SchedulerConnectionDetails connectionDetails(String name, SchedulerClientProperties properties) {
		SchedulerConnectionDetails details = this.beans.one(name, SchedulerConnectionDetails.class);
		if (details != null && !(details instanceof PropertiesSchedulerConnectionDetails)) {
			return details;
		}
		String property = prefix(name) + "address";
		if (!isSet(this.binder, property)) {
			addressNotSet(name, property, properties);
		}
		return (details != null && name.equals(DEFAULT_NAME)) ? details : new PropertiesSchedulerConnectionDetails(
				prefix(name), properties, this.beanFactory.getBean(SslBundles.class));
	}

	/**
	 * The default address applies to an application with a single scheduler only.
	 */
	private void addressNotSet(String name, String property, SchedulerClientProperties properties) {
		if (!hasNames()) {
			logger
				.info("'%s' is not set: the SW4RM scheduler at '%s' is used".formatted(property, properties.address()));
			return;
		}
		throw new SchedulerFailureException(
				"The client '%s' has no address: '%s' is not set.".formatted(name, property),
				name.equals(DEFAULT_NAME)
						? "Set '%s'. To have named clients only, process the application ahead of time with these clients."
							.formatted(property)
						: "Set '%s'. If the name of the client is misspelt, correct it.".formatted(property),
				null);
	}

	private static @Nullable SchedulerTls tls(SchedulerConnectionDetails details, SchedulerAddress address) {
		if (details.getSslBundle() == null && address.security() != Security.TLS) {
			return null;
		}
		Assert.state(address.security() != Security.PLAINTEXT && !address.isLocal(),
				() -> "The connection details require TLS, which is not available for the address '%s'"
					.formatted(address));
		return new SchedulerTls(() -> {
			SslBundle bundle = details.getSslBundle();
			return (bundle != null) ? bundle : SslBundle.systemDefault();
		}, details::addSslBundleUpdateHandler);
	}

	private List<ClientInterceptor> interceptors(String name, @Nullable SchedulerAddress address) {
		Stream<ClientInterceptor> own = this.beans
			.all(name, ClientInterceptor.class,
					(beanName) -> this.beanFactory.findAnnotationOnBean(beanName,
							SchedulerClientInterceptor.class) != null)
			.stream();
		Stream<ClientInterceptor> further = this.beanFactory.getBeanProvider(InterceptorFactory.class)
			.orderedStream()
			.flatMap((factory) -> Stream.ofNullable(factory.create(name, address)));
		return Stream.concat(own, further).toList();
	}

	private void customize(String name, ManagedChannelBuilder<?> builder) {
		this.beans.all(name, SchedulerChannelBuilderCustomizer.class)
			.forEach((customizer) -> customizer.customize(name, builder));
	}

	/**
	 * Creates an interceptor for the channel of each scheduler, to run after all others.
	 */
	@FunctionalInterface
	public interface InterceptorFactory {

		/**
		 * Create an interceptor.
		 * @param name the name of the scheduler
		 * @param address the address of the scheduler, or {@code null} if its channel is
		 * the application's own
		 * @return the interceptor, or {@code null} if none is needed
		 * @throws IllegalStateException if one is needed and the channel is the
		 * application's own
		 */
		@Nullable ClientInterceptor create(String name, @Nullable SchedulerAddress address);

	}

}
