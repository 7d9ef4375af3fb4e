"""libopendkim, called directly: signing and verifying messages in this process."""
import ctypes

OK = 0
CANON = {"simple": 0, "relaxed": 1}
ALGORITHM = {"rsa": 1, "ed25519": 2}
_octets = ctypes.c_char_p
_KEY_LOOKUP = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.c_void_p, ctypes.c_void_p, ctypes.c_void_p, ctypes.c_size_t)
CBSTAT_CONTINUE, CBSTAT_NOTFOUND = 0, 3


def _library():
    library = ctypes.CDLL("libopendkim.so.11")
    handle = ctypes.c_void_p
    for name, result, arguments in (
            ("dkim_init", handle, [handle, handle]),
            ("dkim_close", None, [handle]),
            ("dkim_sign", handle, [handle, _octets, handle, _octets, _octets, _octets, ctypes.c_int, ctypes.c_int,
                                   ctypes.c_int, ctypes.c_ssize_t, ctypes.POINTER(ctypes.c_int)]),
            ("dkim_verify", handle, [handle, _octets, handle, ctypes.POINTER(ctypes.c_int)]),
            ("dkim_header", ctypes.c_int, [handle, _octets, ctypes.c_size_t]),
            ("dkim_eoh", ctypes.c_int, [handle]),
            ("dkim_body", ctypes.c_int, [handle, _octets, ctypes.c_size_t]),
            ("dkim_eom", ctypes.c_int, [handle, handle]),
            ("dkim_free", ctypes.c_int, [handle]),
            ("dkim_geterror", _octets, [handle]),
            ("dkim_getsighdr_d", ctypes.c_int, [handle, ctypes.c_size_t, ctypes.POINTER(ctypes.c_void_p),
                                                ctypes.POINTER(ctypes.c_size_t)]),
            ("dkim_set_key_lookup", ctypes.c_int, [handle, _KEY_LOOKUP]),
            ("dkim_sig_getdomain", _octets, [handle]),
            ("dkim_sig_getselector", _octets, [handle])):
        function = getattr(library, name)
        function.restype, function.argtypes = result, arguments
    return library


class OpenDkim:
    def __init__(self, records):
        """`records`: key name -> TXT, as in DNS."""
        self.library = _library()
        self.handle = self.library.dkim_init(None, None)
        self.records = records
        self.lookup = _KEY_LOOKUP(self._look_up)  # as long as the library may call it
        assert self.library.dkim_set_key_lookup(self.handle, self.lookup) == OK

    def close(self):
        self.library.dkim_close(self.handle)

    def _look_up(self, _, signature, buffer, size):
        name = (self.library.dkim_sig_getselector(signature) + b"._domainkey."
                + self.library.dkim_sig_getdomain(signature)).decode()
        record = self.records.get(name, "").encode()
        if not record or len(record) >= size:
            return CBSTAT_NOTFOUND
        ctypes.memmove(buffer, record + b"\0", len(record) + 1)
        return CBSTAT_CONTINUE

    def _feed(self, message, fields, body):
        for field in fields:
            status = self.library.dkim_header(message, field, len(field))
            if status != OK:
                return status
        status = self.library.dkim_eoh(message)
        if status == OK and body:
            status = self.library.dkim_body(message, body, len(body))
        return status if status != OK else self.library.dkim_eom(message, None)

    def sign(self, fields, body, key_pem, selector, domain, algorithm, header_form, body_form):
        """`fields`: whole fields without their final CRLF. The DKIM-Signature field, CRLF at its end."""
        status = ctypes.c_int()
        message = self.library.dkim_sign(self.handle, b"id", None, key_pem, selector.encode(), domain.encode(),
                                         CANON[header_form], CANON[body_form], ALGORITHM[algorithm], -1,
                                         ctypes.byref(status))
        assert message, status.value
        try:
            status = self._feed(message, fields, body)
            assert status == OK, (status, self.library.dkim_geterror(message))
            value, length = ctypes.c_void_p(), ctypes.c_size_t()
            prefix = len("DKIM-Signature: ")
            status = self.library.dkim_getsighdr_d(message, prefix, ctypes.byref(value), ctypes.byref(length))
            assert status == OK, status
            return b"DKIM-Signature: " + ctypes.string_at(value, length.value).replace(b"\r\n", b"\n").replace(
                b"\n", b"\r\n") + b"\r\n"
        finally:
            self.library.dkim_free(message)

    def verify(self, fields, body):
        """True if the signature verifies."""
        status = ctypes.c_int()
        message = self.library.dkim_verify(self.handle, b"id", None, ctypes.byref(status))
        assert message, status.value
        try:
            return self._feed(message, fields, body) == OK
        finally:
            self.library.dkim_free(message)
