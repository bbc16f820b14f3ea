package io.github.thriftboot.netty.registry;

import java.util.HashMap;
import java.util.Map;
import java.util.Set;

import io.github.thriftboot.netty.protocol.ThriftProtocol;
import io.github.thriftboot.netty.protocol.ThriftTransport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link InstanceMetadata}.
 */
class InstanceMetadataTests {

	@Test
	void metadataIsTheSameAfterARoundTrip() {
		InstanceMetadata metadata = new InstanceMetadata(9090, Set.of("B", "A"), 7, ThriftTransport.FRAMED,
				ThriftProtocol.COMPACT, true, 1_700_000_000_000L);

		assertThat(InstanceMetadata.parse(metadata.toMap())).isEqualTo(metadata);
		assertThat(metadata.toMap())
			.isEqualTo(Map.of("thrift-port", "9090", "thrift-services", "A,B", "thrift-weight", "7", "thrift-transport",
					"framed", "thrift-protocol", "compact", "thrift-ssl", "true", "thrift-started", "1700000000000"));
	}

	@Test
	void onlyThePortIsNeeded() {
		assertThat(InstanceMetadata.parse(Map.of("thrift-port", "9090", "zone", "a")))
			.isEqualTo(new InstanceMetadata(9090, Set.of(), 100, null, null, false, 0));
	}

	@ParameterizedTest
	@ValueSource(strings = { "", " ", "0", "-1", "65536", "99999999999999999999", "NaN", "9090.0", "0x50", "port" })
	void instanceWithoutAPortIsNotOurs(String port) {
		assertThat(InstanceMetadata.parse(Map.of("thrift-port", port))).isNull();
		assertThat(InstanceMetadata.parse(Map.of())).isNull();
	}

	@ParameterizedTest
	@CsvSource({ "0,0", "-5,0", "1,1", "' 3 ',3", "2147483648,2147483647", "9223372036854775807,2147483647",
			"99999999999999999999,100", "NaN,100", "Infinity,100", "1e9,100", "1.5,100", "'',100", "heavy,100" })
	void weightThatCannotBeReadCountsAsAbsent(String text, int weight) {
		assertThat(parse("thrift-weight", text).weight()).isEqualTo(weight);
	}

	@ParameterizedTest
	@CsvSource({ "header,HEADER", "Framed,FRAMED", "unframed,UNFRAMED", "' framed',", "'',", "http," })
	void transportThatIsNotSpokenCountsAsAbsent(String text, ThriftTransport transport) {
		assertThat(parse("thrift-transport", text).transport()).isEqualTo(transport);
	}

	@ParameterizedTest
	@CsvSource({ "binary,BINARY", "COMPACT,COMPACT", "json,JSON", "xml,", "'',", "2," })
	void protocolThatIsNotSpokenCountsAsAbsent(String text, ThriftProtocol protocol) {
		assertThat(parse("thrift-protocol", text).protocol()).isEqualTo(protocol);
	}

	@ParameterizedTest
	@CsvSource({ "true,true", "' TRUE ',true", "false,false", "'',false", "yes,false" })
	void onlyTrueIsTls(String text, boolean ssl) {
		assertThat(parse("thrift-ssl", text).ssl()).isEqualTo(ssl);
		assertThat(InstanceMetadata.ssl(Map.of())).isFalse();
	}

	@ParameterizedTest
	@CsvSource({ "5,5", "-5,0", "yesterday,0", "'',0" })
	void startThatCannotBeReadCountsAsAbsent(String text, long started) {
		assertThat(parse("thrift-started", text).started()).isEqualTo(started);
	}

	@ParameterizedTest
	@ValueSource(strings = { "A,B", " B , A ", "A,,B,", "A,B,A" })
	void namesOfServicesAreTrimmedAndCountOnce(String services) {
		assertThat(parse("thrift-services", services).services()).containsExactly("A", "B");
	}

	private static InstanceMetadata parse(String key, String value) {
		Map<String, String> metadata = new HashMap<>(Map.of("thrift-port", "9090"));
		metadata.put(key, value);
		return InstanceMetadata.parse(metadata);
	}

}
