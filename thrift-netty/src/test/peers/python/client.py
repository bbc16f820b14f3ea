"""Calls every method of the test services, once for each case read from standard input.

A case is a line "port transport protocol multiplexed|bare"; the answer is a line of JSON
with the methods called and what was not as expected.
"""

import time
import traceback

from thrift.protocol.TMultiplexedProtocol import TMultiplexedProtocol
from thrift.Thrift import TException
from thrift.transport.THeaderTransport import THeaderTransformID
from thrift.transport.TSocket import TSocket
from thriftboot_types import ExtendedService, NamesakeService
from thriftboot_types.ttypes import (
    Choice,
    Colour,
    Everything,
    EverythingAndMore,
    Missing,
    Point,
    Refused,
    Tree,
)

from dialect import answer_cases, protocol_factory, transport_factory

TIMEOUT_MILLIS = 20_000

TEXT = 'Grüße, 世界 😀 "quoted" \\ \t\n\x01'

EVERYTHING = Everything(
    aBool=True,
    aByte=-128,
    aShort=-(2**15),
    anInt=2**31 - 1,
    aLong=-(2**63),
    aDouble=0.1,
    aString=TEXT,
    aBinary=bytes(range(256)),
    aColour=Colour.BLUE,
    aPoint=Point(3, -4),
    aList=[1, -1, 0],
    aSet={"one", "zwölf"},
    aMap={"most": 2**63 - 1, "": 0},
    nested=[{1: {"x", "y"}, -2: set()}, {}],
    byColour={Colour.RED: [Point(1, 2)], Colour.GREEN: []},
    aTypedef=2**53 + 1,
    lines=["first", ""],
    sometimesSet=0,
    bools=[True, False, True],
    doubles=[0.0, -1.5, 1e300],
    binaries=[b"", b"\x00\xff"],
)

MORE = EverythingAndMore(
    aString="known",
    unknownMap={"points": [Point(), Point(5, 6)]},
    unknownUnion=Choice(numbers=[1, 2]),
    unknownList=[{0.5}],
    unknownString="unknown",
)

# Asks for an answer with fields that its reader does not know.
NEWER = "answer as a newer peer"


def empty(**fields):
    """What Java answers: its primitive fields are always sent, with 0 where nothing was set."""
    return Everything(**{**dict(aBool=False, aByte=0, aShort=0, anInt=0, aLong=0, aDouble=0.0, aTypedef=0), **fields})


class Calls:
    """Makes calls and keeps what was called and what was wrong."""

    def __init__(self):
        self.called = set()
        self.failures = []

    def check(self, expected, method, *args):
        actual = self.call(method, *args)
        if actual != expected:
            self.failures.append(f"{method.__name__}{args}: {actual!r} (expected: {expected!r})")

    def call(self, method, *args):
        self.called.add(method.__name__)
        try:
            return method(*args)
        except TException as ex:
            return ex


def check_types(calls, client):
    calls.check(EVERYTHING, client.echo, EVERYTHING)
    calls.check(empty(), client.echo, Everything())
    for value in (True, False):
        calls.check(value, client.echoBool, value)
    for bits, method in ((8, client.echoByte), (16, client.echoShort), (32, client.echoInt), (64, client.echoLong)):
        for value in (-(2 ** (bits - 1)), -1, 0, 2 ** (bits - 1) - 1):
            calls.check(value, method, value)
    for value in (0.0, -1.5, 1e-300, 1e300):
        calls.check(value, client.echoDouble, value)
    for value in ("", TEXT, "long" * 50_000):
        calls.check(value, client.echoString, value)
    for value in (b"", bytes(range(256)) * 100):
        calls.check(value, client.echoBinary, value)
    calls.check(Colour.BLUE, client.echoColour, Colour.BLUE)
    for value in (Choice(text=TEXT), Choice(number=-1), Choice(point=Point(1, 2)), Choice(numbers=[])):
        calls.check(value, client.echoChoice, value)
    calls.check(list(range(1000)), client.echoList, list(range(1000)))
    calls.check({"a", "ä"}, client.echoSet, {"a", "ä"})
    calls.check({"a": -1, "ä": 2**62}, client.echoMap, {"a": -1, "ä": 2**62})
    tree = Tree("root", [Tree("leaf", []), Tree("branch", [Tree("leaf", [])])])
    calls.check(tree, client.echoTree, tree)
    calls.check(
        empty(anInt=1, aString="two"),
        client.several, 1, "tw", Everything(), Choice(text="o"),
    )
    calls.check(None, client.nothing)
    calls.check("types", client.noArguments)
    calls.check("own", client.own, "own")
    calls.check("slow", client.slow, 20, "slow")


def check_exceptions(calls, client):
    calls.check(Refused(4, "refused", Choice(number=4)), client.refuse, 4)
    calls.check(Missing("number 5"), client.refuse, 5)


def check_oneway(calls, client):
    text = f"noted at {time.time()}"
    calls.check(None, client.note, text)
    deadline = time.monotonic() + 10
    while text not in calls.call(client.notes):
        if time.monotonic() > deadline:
            calls.failures.append("note: did not arrive")
            return
        time.sleep(0.01)


def check_headers(calls, client, protocol, transport):
    sent = {}
    if transport.startswith("header"):
        sent = {"tenant": "acme", "grüße": "世界", "empty": ""}
        for key, value in sent.items():
            protocol.set_header(key.encode(), value.encode())
    calls.check(sent, client.headers)
    if transport == "header+zlib":
        protocol.set_header(b"thrift-accept-transform", b"zlib")
        calls.check("long" * 50_000, client.echoString, "long" * 50_000)


def check_unknown_fields(calls, client):
    """Each side sends fields that the other one does not know."""
    # the C encoder of THeaderProtocol takes the fields that the IDL of the method tells
    client._oprot._fast_encode = None
    calls.check(empty(aString="known"), client.echo, MORE)
    calls.check(Everything(aString=NEWER), client.echo, Everything(aString=NEWER))


def run_case(port, transport, protocol, naming):
    multiplexed = naming == "multiplexed"
    socket = TSocket("127.0.0.1", int(port))
    socket.setTimeout(TIMEOUT_MILLIS)
    wire = protocol_factory(transport, protocol).getProtocol(transport_factory(transport).getTransport(socket))
    if transport == "header+zlib":
        wire.add_transform(THeaderTransformID.ZLIB)

    def client(service):
        name = service.__name__.rpartition(".")[2]
        return service.Client(TMultiplexedProtocol(wire, name) if multiplexed else wire)

    calls = Calls()
    try:
        wire.trans.open()
        extended = client(ExtendedService)
        check_types(calls, extended)
        check_exceptions(calls, extended)
        check_oneway(calls, extended)
        check_headers(calls, extended, wire, transport)
        check_unknown_fields(calls, extended)
        if multiplexed:
            calls.check("namesake", client(NamesakeService).noArguments)
    except Exception:
        calls.failures.append(traceback.format_exc())
    finally:
        wire.trans.close()
    return {"called": sorted(calls.called), "failures": calls.failures}


if __name__ == "__main__":
    answer_cases(run_case)
