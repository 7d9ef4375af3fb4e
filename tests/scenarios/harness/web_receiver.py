"""An HTTP receiver on loopback that keeps what it is sent, and a TLS front for a service that has none itself."""
import datetime
import http.server
import ipaddress
import json
import ssl
import threading
import urllib.error
import urllib.request

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from . import wait


class Delivery:
    def __init__(self, path, headers, body):
        self.path, self.headers, self.body = path, headers, body

    @property
    def type(self):
        return self.headers.get("x-amz-sns-message-type")

    def envelope(self):
        return json.loads(self.body)

    def event(self):
        """The event in an envelope, or as it is when it came raw."""
        if self.headers.get("x-amz-sns-rawdelivery") == "true":
            return json.loads(self.body)
        return json.loads(self.envelope()["Message"])


class WebReceiver:
    """Answers 200, or what `statuses` has left for the next requests; `status` for all others."""

    def __init__(self):
        self.deliveries, self.statuses, self.status = [], [], 200
        self.lock = threading.Lock()
        receiver = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_POST(self):
                body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
                with receiver.lock:
                    status = receiver.statuses.pop(0) if receiver.statuses else receiver.status
                    receiver.deliveries.append((status, Delivery(self.path, self.headers, body)))
                self.send_response(status)
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, *arguments):
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        self.thread = threading.Thread(target=self.server.serve_forever, daemon=True)

    def start(self):
        self.thread.start()
        return self

    def stop(self):
        self.server.shutdown()
        self.server.server_close()

    @property
    def port(self):
        return self.server.server_address[1]

    def url(self, path="/hook"):
        return f"http://127.0.0.1:{self.port}{path}"

    def attempts(self):
        with self.lock:
            return [(status, delivery) for status, delivery in self.deliveries]

    def taken(self):
        return [delivery for status, delivery in self.attempts() if status == 200]

    def wait_for(self, predicate, seconds=30, what="a delivery"):
        return wait.until(lambda: next((d for d in self.taken() if predicate(d)), None), seconds, what)


def self_signed(directory):
    """A certificate for localhost: (certificate file, key file)."""
    key = rsa.generate_private_key(65537, 2048)
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "localhost")])
    now = datetime.datetime.now(datetime.timezone.utc).replace(tzinfo=None)
    names = x509.SubjectAlternativeName([x509.DNSName("localhost"), x509.IPAddress(ipaddress.ip_address("127.0.0.1"))])
    certificate = (x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key())
                   .serial_number(x509.random_serial_number()).not_valid_before(now - datetime.timedelta(days=1))
                   .not_valid_after(now + datetime.timedelta(days=30)).add_extension(names, False)
                   .add_extension(x509.BasicConstraints(True, None), True).sign(key, hashes.SHA256()))
    files = directory / "localhost.pem", directory / "localhost.key"
    files[0].write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
    files[1].write_bytes(key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8,
                                           serialization.NoEncryption()))
    return files


class TlsFront:
    """https://localhost:<port>, passing each GET on to `backend`: the proxy that stands before a service in production."""

    def __init__(self, directory):
        self.certificate, key = self_signed(directory)
        self.backend = None
        front = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_GET(self):
                try:
                    answer = urllib.request.urlopen(front.backend + self.path, timeout=20)
                except urllib.error.HTTPError as error:
                    answer = error
                body = answer.read()
                self.send_response(answer.status)
                self.send_header("Content-Type", answer.headers.get("Content-Type", "text/plain"))
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *arguments):
                pass

        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(self.certificate, key)
        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        self.server.socket = context.wrap_socket(self.server.socket, server_side=True)
        self.url = f"https://localhost:{self.server.server_address[1]}"
        self.client_context = ssl.create_default_context(cafile=str(self.certificate))

    def start(self):
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        return self

    def stop(self):
        self.server.shutdown()
        self.server.server_close()

    def get(self, url):
        """As a subscriber follows a URL it was sent: (status, body)."""
        try:
            with urllib.request.urlopen(url, timeout=20, context=self.client_context) as answer:
                return answer.status, answer.read().decode()
        except urllib.error.HTTPError as error:
            return error.code, error.read().decode()
