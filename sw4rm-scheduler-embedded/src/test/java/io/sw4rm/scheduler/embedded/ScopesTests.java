package io.sw4rm.scheduler.embedded;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.assertj.core.api.Assertions.assertThat;

class ScopesTests {

	@ParameterizedTest
	@CsvSource({ "a.b, a.b", "a.b, a.b.c", "a.b, a", "repo/x, repo/x/y", "repo/x, repo", "a.b, a.b/c", "a/b, a/b.c",
			"repo/, repo/x", "repo/, repo", "/, /srv/data", "a.b, a.b." })
	void equalScopesAndPrefixesOverlapEitherWayRound(String one, String other) {
		assertThat(Scopes.overlap(one, other)).isTrue();
		assertThat(Scopes.overlap(other, one)).isTrue();
	}

	@ParameterizedTest
	@CsvSource({ "a.b, a.bc", "a.b, a.c", "repo/x, repo/xy", "repo, repository", "'', a", "'', ''", "a.b, b.a.b",
			"A.b, a.b", "/srv, srv" })
	void otherScopesDoNotOverlapEitherWayRound(String one, String other) {
		assertThat(Scopes.overlap(one, other)).isFalse();
		assertThat(Scopes.overlap(other, one)).isFalse();
	}

}
