"""A small page in the place of Kafka UI: the login and the readiness of the real one, and the brokers that it was pointed at."""

import hmac
import html
import json
import os
import re
import secrets
import signal
import socket
import sys
from http.cookies import SimpleCookie
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs

KNOWN = {
    "AUTH_TYPE", "DYNAMIC_CONFIG_ENABLED", "SPRING_SECURITY_USER_NAME", "SPRING_SECURITY_USER_PASSWORD",
    "KAFKA_CLUSTERS_0_NAME", "KAFKA_CLUSTERS_0_BOOTSTRAPSERVERS", "KAFKA_CLUSTERS_0_READONLY",
}


def environment():
    """The variables of the real image. Stricter than it: one that it does not know, or one that is missing, ends the container."""
    given = {name: value for name, value in os.environ.items()
             if re.match("(AUTH_|DYNAMIC_CONFIG|SPRING_|KAFKA_)", name)}
    unknown = sorted(set(given) - KNOWN)
    if unknown:
        sys.exit(f"{unknown[0]} is no variable of this image")
    required = ["KAFKA_CLUSTERS_0_NAME", "KAFKA_CLUSTERS_0_BOOTSTRAPSERVERS"]
    if given.get("AUTH_TYPE", "DISABLED") == "LOGIN_FORM":
        required += ["SPRING_SECURITY_USER_NAME", "SPRING_SECURITY_USER_PASSWORD"]
    elif given.get("AUTH_TYPE", "DISABLED") != "DISABLED":
        sys.exit("AUTH_TYPE is LOGIN_FORM or DISABLED here")
    for name in required:
        if not given.get(name):
            sys.exit(f"{name} is missing")
    return given


SETTINGS = environment()
SESSIONS = set()


def answers(broker):
    """Whether something accepts a connection at host:port, seen from inside the network."""
    host, _, port = broker.rpartition(":")
    try:
        with socket.create_connection((host, int(port)), timeout=2):
            return True
    except OSError:
        return False


class Page(BaseHTTPRequestHandler):
    """Readiness for all, the login form for all, the rest for who logged in."""

    def do_GET(self):
        path = self.path.split("?")[0]
        if path == "/actuator/health":
            self.reply(200, json.dumps({"status": "UP"}), "application/json")
        elif path == "/auth":
            self.reply(200, "<form method=post action=/auth><input name=username><input name=password type=password><button>Log in</button></form>")
        elif not self.allowed():
            self.redirect("/auth")
        elif path == "/api/clusters":
            up = sum(answers(broker) for broker in self.brokers())
            self.reply(200, json.dumps([{
                "name": SETTINGS["KAFKA_CLUSTERS_0_NAME"],
                "status": "online" if up else "offline",
                "brokerCount": up,
                "readOnly": SETTINGS.get("KAFKA_CLUSTERS_0_READONLY", "false").lower() == "true",
            }]), "application/json")
        elif path == "/":
            rows = "".join(f"<li>{html.escape(broker)}: {'answers' if answers(broker) else 'does not answer'}</li>" for broker in self.brokers())
            self.reply(200, f"<h1>{html.escape(SETTINGS['KAFKA_CLUSTERS_0_NAME'])}</h1><p>A stand-in for Kafka UI.</p><ul>{rows}</ul>")
        else:
            self.reply(404, "")

    def do_POST(self):
        body = self.rfile.read(min(int(self.headers.get("Content-Length", 0)), 4096)).decode("utf-8", "replace")
        form = parse_qs(body)
        if self.path.split("?")[0] != "/auth":
            self.reply(404, "") if self.allowed() else self.redirect("/auth")
        elif SETTINGS.get("AUTH_TYPE") == "LOGIN_FORM" and self.matches(form, "username", "SPRING_SECURITY_USER_NAME") \
                and self.matches(form, "password", "SPRING_SECURITY_USER_PASSWORD"):
            session = secrets.token_urlsafe()
            SESSIONS.add(session)
            self.redirect("/", f"SESSION={session}; Path=/; HttpOnly; SameSite=Lax")
        else:
            self.redirect("/auth?error")

    def allowed(self):
        if SETTINGS.get("AUTH_TYPE") != "LOGIN_FORM":
            return True
        cookie = SimpleCookie(self.headers.get("Cookie", "")).get("SESSION")
        return cookie is not None and cookie.value in SESSIONS

    @staticmethod
    def brokers():
        return SETTINGS["KAFKA_CLUSTERS_0_BOOTSTRAPSERVERS"].split(",")

    @staticmethod
    def matches(form, field, setting):
        return hmac.compare_digest(form.get(field, [""])[0].encode(), SETTINGS[setting].encode())

    def redirect(self, where, cookie=None):
        self.send_response(302)
        self.send_header("Location", where)
        if cookie:
            self.send_header("Set-Cookie", cookie)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def reply(self, status, body, kind="text/html"):
        data = body.encode()
        self.send_response(status)
        self.send_header("Content-Type", f"{kind}; charset=utf-8")
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)


signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
ThreadingHTTPServer.request_queue_size = 128
ThreadingHTTPServer(("", int(os.environ.get("SERVER_PORT", "8080"))), Page).serve_forever()
