"""The shelf: all decoders by name, and which of them a message asks for."""

import base64
import binascii
from collections.abc import Iterable, Mapping
from typing import Any

from gateway.adapters.conversion import shown
from gateway.adapters.coverage import Reads
from gateway.adapters.decoders.decoded import Decoded
from gateway.adapters.decoders.decoder import Decoder
from gateway.adapters.errors import RefusedError
from gateway.adapters.rules import PayloadRule
from gateway.translation import RefusalReason
from runtime.wording import did_you_mean


class Shelf:
    """Decoders by name.

    Args:
        decoders: of two of one name, the later counts.
    """

    def __init__(self, decoders: Iterable[Decoder] = ()) -> None:
        self.decoders = {decoder.name: decoder for decoder in decoders}
        self._by_name = dict(self.decoders)
        for decoder in self.decoders.values():
            self._by_name |= {name: decoder for name in decoder.also if name not in self.decoders}

    def read(self, rule: PayloadRule, root: Mapping[str, Any], reads: Reads) -> Decoded:
        """Return what the payload of a message holds.

        The bytes are read where a decoder for them is named; else what the network decoded.
        """
        for expression in rule.expressions():
            reads.note(expression, "the decoder", whole=expression is rule.fields)
        try:
            return self._read(rule, root)
        except RefusedError as error:
            decoded = Decoded()
            decoded.refusals.append(error)
            return decoded

    def _read(self, rule: PayloadRule, root: Mapping[str, Any]) -> Decoded:
        decoder = self._named(rule, root)
        port = None if rule.port is None else rule.port(root)
        port = port if isinstance(port, int) and not isinstance(port, bool) else None
        data = _bytes(rule, root)
        fields = None if rule.fields is None else rule.fields(root)
        if data and decoder is not None and decoder.reads_bytes:
            return decoder.of_bytes(data, port)
        if fields:
            return self._of_fields(decoder, fields, rule, port)
        if data:
            raise RefusedError(
                RefusalReason.NO_DECODER,
                f"bytes {shown(data.hex())} on port {port}, and "
                + (
                    f"decoder {decoder.name} reads decoded fields only"
                    if decoder is not None
                    else f"no decoder is named ({' or '.join(one.text for one in rule.decoder)})"
                ),
            )
        return Decoded()

    def _of_fields(
        self, decoder: Decoder | None, fields: object, rule: PayloadRule, port: int | None
    ) -> Decoded:
        reader = decoder or (self._by_name.get(rule.default) if rule.default else None)
        if reader is None:
            raise RefusedError(
                RefusalReason.NO_DECODER, f"decoded fields {shown(fields)}, and no decoder for them"
            )
        return reader.of_fields(fields, port)

    def _named(self, rule: PayloadRule, root: Mapping[str, Any]) -> Decoder | None:
        for expression in rule.decoder:
            name = expression(root)
            if isinstance(name, str) and name:
                decoder = self._by_name.get(name.lower())
                if decoder is None:
                    raise RefusedError(
                        RefusalReason.NO_DECODER,
                        f"{expression.text}: there is no decoder {shown(name)}"
                        f"{did_you_mean(name, self._by_name)}",
                    )
                return decoder
        for expression in rule.model:
            name = expression(root)
            if isinstance(name, str) and name.lower() in self._by_name:
                return self._by_name[name.lower()]
        return None


def _bytes(rule: PayloadRule, root: Mapping[str, Any]) -> bytes:
    if rule.source is None:
        return b""
    text = rule.source(root)
    if text is None or text is False:  # false is what a condition gives that does not hold
        return b""
    if not isinstance(text, str):
        raise RefusedError(RefusalReason.INVALID, f"{rule.source.text}: {shown(text)} is not text")
    try:
        if rule.encoding == "hex":
            return bytes.fromhex(text)
        return base64.b64decode(text, validate=True)
    except (ValueError, binascii.Error):
        raise RefusedError(
            RefusalReason.INVALID, f"{rule.source.text}: {shown(text)} is not {rule.encoding}"
        ) from None
