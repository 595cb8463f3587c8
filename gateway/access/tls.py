"""HTTPS, where the gateway speaks it itself and no proxy does."""

import ssl

from gateway.access.settings import AccessSettings
from runtime.settings import SettingsError


def server_context(settings: AccessSettings) -> ssl.SSLContext | None:
    """Return what the gateway serves HTTPS with; None: it serves HTTP.

    Raises:
        SettingsError: certificate or key cannot be read, or do not belong together.
    """
    if settings.tls_certificate is None:
        return None
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    try:
        # A key with a password would have the service ask a terminal that nobody sits at.
        context.load_cert_chain(settings.tls_certificate, settings.tls_key, password=lambda: "")
    except (OSError, ssl.SSLError) as error:
        raise SettingsError(
            f"GATEWAY_TLS_CERTIFICATE: cannot load {settings.tls_certificate} with"
            f" GATEWAY_TLS_KEY {settings.tls_key}: {error}"
        ) from None
    return context
