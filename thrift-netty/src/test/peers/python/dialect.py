"""What both programs of this directory share: dialects, and how they talk to the Java test.

The generated code is found through PYTHONPATH.
"""

import json
import platform
import sys
from importlib.metadata import version

from thrift.protocol.TBinaryProtocol import TBinaryProtocolFactory
from thrift.protocol.TCompactProtocol import TCompactProtocolFactory
from thrift.protocol.THeaderProtocol import THeaderProtocolFactory
from thrift.protocol.TJSONProtocol import TJSONProtocolFactory
from thrift.transport.THeaderTransport import THeaderSubprotocolID
from thrift.transport.TTransport import TBufferedTransportFactory, TFramedTransportFactory

TRANSPORTS = {
    "header": TBufferedTransportFactory,
    "header+zlib": TBufferedTransportFactory,
    "framed": TFramedTransportFactory,
    "unframed": TBufferedTransportFactory,
}

PROTOCOLS = {
    "binary": TBinaryProtocolFactory,
    "old-binary": lambda: TBinaryProtocolFactory(strictRead=False, strictWrite=False),
    "compact": TCompactProtocolFactory,
    "json": TJSONProtocolFactory,
}

HEADER_PROTOCOLS = {
    "binary": THeaderSubprotocolID.BINARY,
    "compact": THeaderSubprotocolID.COMPACT,
}


def transport_factory(transport):
    return TRANSPORTS[transport]()


def protocol_factory(transport, protocol):
    if transport.startswith("header"):
        return THeaderProtocolFactory(default_protocol=HEADER_PROTOCOLS[protocol])
    return PROTOCOLS[protocol]()


def answer_cases(answer):
    """Says who we are, then answers each line of words with a line of JSON."""
    print(f"Python {platform.python_version()}, thrift {version('thrift')}", flush=True)
    for line in sys.stdin:
        print(json.dumps(answer(*line.split()), separators=(",", ":")), flush=True)
