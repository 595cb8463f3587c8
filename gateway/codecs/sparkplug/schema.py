"""Schema: the part of Sparkplug B's payload that is read, as a descriptor for protobuf.

Made from the field numbers and types that the Sparkplug specification states. What is refused
whatever it holds (data sets, templates, extensions) is declared as bytes: it need not be taken
apart to be named.
"""

from functools import lru_cache
from typing import Any, Final

from google.protobuf import descriptor_pb2, descriptor_pool, message_factory
from google.protobuf.message import DecodeError

_PACKAGE: Final = "srepok.sparkplug"
_Field = descriptor_pb2.FieldDescriptorProto

_UINT32: Final = _Field.TYPE_UINT32
_UINT64: Final = _Field.TYPE_UINT64
_FLOAT: Final = _Field.TYPE_FLOAT
_DOUBLE: Final = _Field.TYPE_DOUBLE
_BOOL: Final = _Field.TYPE_BOOL
# Text is taken as bytes and decoded by us: a bad byte in one name must not refuse the others.
_TEXT: Final = _Field.TYPE_BYTES
_BYTES: Final = _Field.TYPE_BYTES

_VALUES: Final = ("int_value", "long_value", "float_value", "double_value", "boolean_value")
_VALUE_TYPES: Final = (_UINT32, _UINT64, _FLOAT, _DOUBLE, _BOOL)

VALUE_FIELDS: Final = (
    *_VALUES,
    "string_value",
    "bytes_value",
    "dataset_value",
    "template_value",
    "extension_value",
)
"""Fields of a metric of which at most one holds its value."""


class PayloadError(ValueError):
    """Bytes are no payload of Sparkplug B."""


def parse_payload(body: bytes) -> Any:  # noqa: ANN401 - a class that protobuf makes at run time
    """Return the payload in some bytes.

    Raises:
        PayloadError: saying that it is none.
    """
    try:
        return payload_class().FromString(body)
    except DecodeError as error:
        raise PayloadError(f"no Sparkplug B payload: {error}") from None


@lru_cache(maxsize=1)
def payload_class() -> Any:  # noqa: ANN401 - the same
    """Return the class of payloads."""
    pool = descriptor_pool.DescriptorPool()
    pool.Add(_file())
    return message_factory.GetMessageClass(pool.FindMessageTypeByName(f"{_PACKAGE}.Payload"))


def _file() -> descriptor_pb2.FileDescriptorProto:
    file = descriptor_pb2.FileDescriptorProto(
        name="srepok/sparkplug.proto", package=_PACKAGE, syntax="proto2"
    )
    _add_message(
        file,
        "Payload",
        ("timestamp", 1, _UINT64),
        ("metrics", 2, "*Metric"),
        ("seq", 3, _UINT64),
        ("uuid", 4, _TEXT),
        ("body", 5, _BYTES),
    )
    metric = _add_message(
        file,
        "Metric",
        ("name", 1, _TEXT),
        ("alias", 2, _UINT64),
        ("timestamp", 3, _UINT64),
        ("datatype", 4, _UINT32),
        ("is_historical", 5, _BOOL),
        ("is_transient", 6, _BOOL),
        ("is_null", 7, _BOOL),
        ("properties", 9, "PropertySet"),
    )
    types = (*_VALUE_TYPES, _TEXT, _BYTES, _BYTES, _BYTES, _BYTES)
    _add_choice(metric, 10, zip(VALUE_FIELDS, types, strict=True))
    _add_message(file, "PropertySet", ("keys", 1, "*"), ("values", 2, "*PropertyValue"))
    value = _add_message(file, "PropertyValue", ("type", 1, _UINT32), ("is_null", 2, _BOOL))
    _add_choice(value, 3, [*zip(_VALUES, _VALUE_TYPES, strict=True), ("string_value", _TEXT)])
    return file


def _add_message(
    file: descriptor_pb2.FileDescriptorProto, name: str, *fields: tuple[str, int, Any]
) -> descriptor_pb2.DescriptorProto:
    message = file.message_type.add(name=name)
    for field_name, number, kind in fields:
        field = message.field.add(name=field_name, number=number, label=_Field.LABEL_OPTIONAL)
        if not isinstance(kind, str):
            field.type = kind
            continue
        if kind.startswith("*"):
            field.label = _Field.LABEL_REPEATED
        target = kind.removeprefix("*")
        field.type = _Field.TYPE_MESSAGE if target else _TEXT
        if target:
            field.type_name = f".{_PACKAGE}.{target}"
    return message


def _add_choice(
    message: descriptor_pb2.DescriptorProto,
    first: int,
    fields: Any,  # noqa: ANN401 - pairs of name and type
) -> None:
    """Add fields of which one at most is set, numbered from the first on."""
    message.oneof_decl.add(name="value")
    for number, (name, kind) in enumerate(fields, first):
        message.field.add(
            name=name, number=number, label=_Field.LABEL_OPTIONAL, type=kind, oneof_index=0
        )
