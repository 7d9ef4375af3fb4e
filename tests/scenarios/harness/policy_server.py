"""Where a domain's MTA-STS policy is fetched (RFC 8461 section 3.3): HTTPS on port 443, so only in a network of one's own."""
import contextlib
import http.server
import ssl
import threading

PATH = "/.well-known/mta-sts.txt"


class PolicyServer:
    """Answers each GET with `answer`: (status, header fields, body). Keeps what was asked for: (host, path)."""

    def __init__(self, address, certificate, policy):
        self.answer = 200, {"Content-Type": "text/plain"}, policy
        self.asked = []
        server = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_GET(self):
                server.asked.append((self.headers["Host"], self.path))
                status, fields, body = server.answer
                self.send_response(status)
                for name, value in {**fields, "Content-Length": str(len(body))}.items():
                    self.send_header(name, value)
                self.end_headers()
                with contextlib.suppress(ConnectionError, ssl.SSLError):  # a client that has read enough
                    self.wfile.write(body.encode())

            def log_message(self, *arguments):
                pass

        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(*certificate)
        self.server = http.server.ThreadingHTTPServer((address, 443), Handler)
        self.server.daemon_threads = True
        self.server.handle_error = lambda *_: None  # handshakes that the client breaks off are the point
        self.server.socket = context.wrap_socket(self.server.socket, server_side=True, do_handshake_on_connect=False)

    def __enter__(self):
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        return self

    def __exit__(self, *_):
        self.server.shutdown()
        self.server.server_close()
