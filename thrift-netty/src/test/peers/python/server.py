"""Serves the test services, on a port of its own for each case read from standard input.

A case is a line "transport protocol multiplexed|bare"; the answer is a line of JSON with
the port.
"""

import socket
import threading
import time

from thrift.server.TServer import TThreadedServer
from thrift.Thrift import TProcessor
from thrift.TMultiplexedProcessor import TMultiplexedProcessor
from thrift.transport.TSocket import TServerSocket
from thriftboot_types import ExtendedService, NamesakeService
from thriftboot_types.ttypes import Choice, EverythingAndMore, Missing, Point, Refused

from dialect import answer_cases, protocol_factory, transport_factory

current_request = threading.local()

# Asks for an answer with fields that its reader does not know.
NEWER = "answer as a newer peer"

MORE = EverythingAndMore(
    aString=NEWER,
    unknownMap={"points": [Point(), Point(5, 6)]},
    unknownUnion=Choice(numbers=[1, 2]),
    unknownList=[{0.5}],
    unknownString="unknown",
)


class Handler:
    """Does what the handler of the Java tests does."""

    def __init__(self, name):
        self.name = name
        self.noted = []

    def __getattr__(self, method):
        if not method.startswith("echo"):
            raise AttributeError(method)
        return lambda value: value

    def echo(self, value):
        if value.aString != NEWER:
            return value
        # the C encoder of THeaderProtocol takes the fields that the IDL of the method tells
        current_request.output._fast_encode = None
        return MORE

    def several(self, first, second, third, fourth):
        third.anInt = first
        third.aString = second + fourth.text
        return third

    def nothing(self):
        pass

    def noArguments(self):
        return self.name

    def refuse(self, code):
        if code % 2:
            raise Missing(f"number {code}")
        raise Refused(code, "refused", Choice(number=code))

    def note(self, text):
        self.noted.append(text)

    def notes(self):
        return self.noted

    def slow(self, millis, text):
        time.sleep(millis / 1000)
        return text

    def headers(self):
        return {key.decode(): value.decode() for key, value in current_request.headers().items()}

    def own(self, value):
        return value


class HeaderProcessor(TProcessor):
    """Lets handlers see the headers of the request and how it is answered, which Thrift has only in the protocol."""

    def __init__(self, processor):
        self.processor = processor

    def process(self, iprot, oprot):
        current_request.headers = getattr(iprot, "get_headers", dict)
        current_request.output = oprot
        return self.processor.process(iprot, oprot)


def processor(multiplexed):
    extended = ExtendedService.Processor(Handler("types"))
    if not multiplexed:
        return extended
    services = TMultiplexedProcessor()
    services.registerProcessor("ExtendedService", extended)
    services.registerProcessor("NamesakeService", NamesakeService.Processor(Handler("namesake")))
    return services


def serve(transport, protocol, naming):
    listener = TServerSocket("127.0.0.1", 0, socket_family=socket.AF_INET)
    listener.listen()
    # the server would listen again, on another port
    listener.listen = lambda: None
    server = TThreadedServer(
        HeaderProcessor(processor(naming == "multiplexed")),
        listener,
        transport_factory(transport),
        protocol_factory(transport, protocol),
        daemon=True,
    )
    threading.Thread(target=server.serve, daemon=True).start()
    return {"port": listener.handle.getsockname()[1]}


if __name__ == "__main__":
    answer_cases(serve)
