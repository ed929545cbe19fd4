package io.sw4rm.scheduler.autoconfigure;

import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Stream;

import org.jspecify.annotations.Nullable;

import org.springframework.beans.factory.BeanFactoryUtils;
import org.springframework.beans.factory.annotation.BeanFactoryAnnotationUtils;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.AnnotationAwareOrderComparator;
import org.springframework.core.annotation.Order;
import org.springframework.util.Assert;

/**
 * Selects the beans of an application context and its ancestors that apply to a
 * scheduler, by their qualifiers. For internal use. Thread-safe.
 *
 * @since 0.1.0
 */
public final class SchedulerBeans {

	private final ConfigurableListableBeanFactory beanFactory;

	private final Set<String> names;

	/**
	 * Create a selection.
	 * @param beanFactory the bean factory of the application context
	 * @param names the names of all schedulers
	 */
	public SchedulerBeans(ConfigurableListableBeanFactory beanFactory, Set<String> names) {
		this.beanFactory = beanFactory;
		this.names = names;
	}

	/**
	 * Return the beans of a type that apply to a scheduler: all except those that are
	 * qualified with the name of another one.
	 * @param name the name of the scheduler
	 * @param type the type of the beans
	 * @param <T> the type of the beans
	 * @return the beans in their order
	 */
	public <T> List<T> all(String name, Class<T> type) {
		return all(name, type, (beanName) -> true);
	}

	/**
	 * Return the beans whose names pass a filter. Beans of other schedulers are not even
	 * created.
	 */
	<T> List<T> all(String name, Class<T> type, Predicate<String> filter) {
		Map<Object, Order> orders = new IdentityHashMap<>();
		List<T> beans = new ArrayList<>();
		for (String beanName : BeanFactoryUtils.beanNamesForTypeIncludingAncestors(this.beanFactory, type)) {
			if (filter.test(beanName) && Objects.requireNonNullElse(owner(beanName), name).equals(name)) {
				T bean = this.beanFactory.getBean(beanName, type);
				beans.add(bean);
				orders.put(bean, this.beanFactory.findAnnotationOnBean(beanName, Order.class));
			}
		}
		beans.sort(AnnotationAwareOrderComparator.INSTANCE.withSourceProvider((bean) -> {
			Order order = orders.get(bean);
			return (order != null) ? (Ordered) order::value : null;
		}));
		return beans;
	}

	/**
	 * Return the bean of a type that applies to a scheduler: the one that is qualified
	 * with its name, or one without such a qualifier.
	 * @param name the name of the scheduler
	 * @param type the type of the bean
	 * @param <T> the type of the bean
	 * @return the bean, or {@code null} if there is none
	 * @throws IllegalStateException if several apply
	 */
	public <T> @Nullable T one(String name, Class<T> type) {
		if (Stream.of(BeanFactoryUtils.beanNamesForTypeIncludingAncestors(this.beanFactory, type))
			.allMatch((beanName) -> owner(beanName) == null)) {
			return this.beanFactory.getBeanProvider(type).getIfAvailable();
		}
		T bean = qualified(name, type);
		return (bean != null) ? bean : only(name, type, beanNames(type, null));
	}

	/**
	 * Return the bean of a type that is qualified with the name of a scheduler.
	 * @param name the name of the scheduler
	 * @param type the type of the bean
	 * @param <T> the type of the bean
	 * @return the bean, or {@code null} if there is none
	 * @throws IllegalStateException if there are several
	 */
	public <T> @Nullable T qualified(String name, Class<T> type) {
		return only(name, type, beanNames(type, name));
	}

	/**
	 * Beans of the application context itself take precedence over those of ancestors.
	 */
	private <T> @Nullable T only(String name, Class<T> type, List<String> candidates) {
		List<String> local = candidates.stream().filter(this.beanFactory::containsLocalBean).toList();
		List<String> beanNames = local.isEmpty() ? candidates : local;
		Assert.state(beanNames.size() <= 1,
				"Several beans of type %s apply to the scheduler '%s' (%s). Qualify each with the name of a client, except one"
					.formatted(type.getName(), name, beanNames));
		return beanNames.isEmpty() ? null : this.beanFactory.getBean(beanNames.get(0), type);
	}

	private List<String> beanNames(Class<?> type, @Nullable String owner) {
		return Stream.of(BeanFactoryUtils.beanNamesForTypeIncludingAncestors(this.beanFactory, type))
			.filter((beanName) -> Objects.equals(owner(beanName), owner))
			.toList();
	}

	/**
	 * Return the name of the scheduler that a bean is qualified with.
	 */
	private @Nullable String owner(String beanName) {
		return this.names.stream()
			.filter((name) -> BeanFactoryAnnotationUtils.isQualifierMatch(name::equals, beanName, this.beanFactory))
			.findFirst()
			.orElse(null);
	}

}
