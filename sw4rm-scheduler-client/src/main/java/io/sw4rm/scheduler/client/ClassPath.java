package io.sw4rm.scheduler.client;

/**
 * Detects optional libraries.
 */
final class ClassPath {

	private ClassPath() {
	}

	static boolean isPresent(String className) {
		try {
			Class.forName(className, false, ClassPath.class.getClassLoader());
			return true;
		}
		catch (ClassNotFoundException | LinkageError ex) {
			return false;
		}
	}

}
