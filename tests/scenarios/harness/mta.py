"""Postfix, Exim and OpenSMTPD as receivers that take a message first and report on it later.

Each runs unpacked, not installed (mtas.sh), in mount and process namespaces of its own: there its package stands at /mnt,
and /etc and /var are directories of the scenario's. It shares the machine's loopback network. Ending the process that
holds the namespace ends all that was started in it. Needs root, as the servers themselves do.

A server `x` at `address` takes mail for anybody at

    local.x.example      nobody is there, which it finds only when it delivers
    full.x.example       the mailbox has no room left
    refused.x.example    to be passed on to `next_hop`
    slow.x.example       the same; it tells the sender of a delay after a second
    good.x.example       the same

and sends its reports to the service's domain through `feedback`; both are (address, port).
"""
import os
import pathlib
import socket
import subprocess

from . import wait

PACKAGES = pathlib.Path(__file__).resolve().parents[3] / "build" / "mtas"
DOMAINS = ("local", "full", "refused", "slow", "good")
RELAYED = ("refused", "slow", "good")

ENTER = """set -e
mount --bind "$1" /mnt
mount --bind "$2/etc" /etc
mount --bind "$2/var" /var
mount -t proc proc /proc
[ ! -d /usr/lib/postfix ] || mount --bind "$3" /usr/lib/postfix
ldconfig -C /etc/ld.so.cache -f /etc/ld.so.conf
shift 3
"$@" &
wait $!
"""

ETC = {
    "passwd": "root:x:0:0::/root:/bin/sh\nnobody:x:65534:65534::/nonexistent:/bin/sh\n"
              "postfix:x:901:901::/var/spool/postfix:/bin/false\nDebian-exim:x:902:902::/var/spool/exim4:/bin/false\n"
              "opensmtpd:x:903:903::/var/lib/opensmtpd/empty:/bin/false\n"
              "opensmtpq:x:904:904::/var/lib/opensmtpd/empty:/bin/false\nsomebody:x:905:905::/var/mail:/bin/sh\n",
    "group": "root:x:0:\nnogroup:x:65534:\nmail:x:8:\npostfix:x:901:\npostdrop:x:906:\nDebian-exim:x:902:\n"
             "opensmtpd:x:903:\nopensmtpq:x:904:\nsomebody:x:905:\n",
    "nsswitch.conf": "passwd: files\ngroup: files\nshadow: files\nhosts: files\nservices: files\n",
    "shadow": "root:*:::::::\n",
    "hosts": "127.0.0.1 localhost\n",
    "resolv.conf": "lookup file\n",
    "services": "smtp 25/tcp\n",
    "aliases": "",
    "ld.so.conf": "include /etc/ld.so.conf.d/*.conf\n/mnt/usr/lib/postfix\n",
}


class Mta:
    package = ""  # that it is unpacked from
    owned = {}    # directories below /var that it needs -> their owner's number

    def __init__(self, directory, name, address, port, next_hop, feedback, service_domain):
        self.directory, self.name, self.address, self.port = pathlib.Path(directory), name, address, port
        self.next_hop, self.feedback, self.service_domain = next_hop, feedback, service_domain
        self.process = None

    def domain(self, which):
        return f"{which}.{self.name}.example"

    def domains(self, which):
        return [self.domain(each) for each in which]

    def start(self):
        etc = self.directory / "etc"
        for path, text in {**ETC, "mailname": f"mx.{self.name}.example\n", **self.configuration()}.items():
            (etc / path).parent.mkdir(parents=True, exist_ok=True)
            (etc / path).write_text(text)
        ours = pathlib.Path("/etc/ld.so.conf.d")
        (etc / "ld.so.conf.d").mkdir()
        for each in ours.glob("*.conf"):
            (etc / "ld.so.conf.d" / each.name).write_text(each.read_text())
        for path, owner in {"run": 0, "tmp": 0, "lib": 0, "spool": 0, "log": 0, "mail": 905, **self.owned}.items():
            (self.directory / "var" / path).mkdir(parents=True, exist_ok=True)
            os.chown(self.directory / "var" / path, owner, owner)
        (self.directory / "var" / "mail").chmod(0o777)
        self.prepare(self.directory / "var")
        with open(self.directory / "output", "wb") as output:
            self.process = subprocess.Popen(
                ["unshare", "--mount", "--pid", "--fork", "--kill-child", "--propagation", "private", "--", "/bin/sh", "-c",
                 ENTER, "sh", str(PACKAGES / self.package), str(self.directory),
                 str(PACKAGES / "postfix" / "usr" / "lib" / "postfix"), *self.command()],
                stdin=subprocess.DEVNULL, stdout=output, stderr=output)
        wait.until(self._listens, 20, f"{self.name} listening")
        return self

    def stop(self):
        self.process.kill()
        self.process.wait(10)

    def log_text(self):
        logs = [self.directory / "output", *sorted((self.directory / "var" / "log").rglob("*log"))]
        return "".join(f"==> {log.name}\n{log.read_text(errors='replace')}" for log in logs if log.is_file())

    def _listens(self):
        if self.process.poll() is not None:
            raise AssertionError(f"{self.name} ended with {self.process.returncode}:\n{self.log_text()}")
        try:
            socket.create_connection((self.address, self.port), timeout=5).close()
            return True
        except OSError:
            return False

    def configuration(self):
        """Files below /etc."""
        raise NotImplementedError

    def command(self):
        """Stays in the foreground."""
        raise NotImplementedError

    def prepare(self, var):
        """Whatever else has to be in place."""


class Postfix(Mta):
    package = "postfix"
    owned = {"spool/postfix": 0, "lib/postfix": 901}

    def configuration(self):
        passed_on = "".join(f" {name}=relay:[{self.next_hop[0]}]:{self.next_hop[1]}," for name in self.domains(RELAYED))
        main = f"""compatibility_level = 3.6
command_directory = /mnt/usr/sbin
daemon_directory = /mnt/usr/lib/postfix/sbin
shlib_directory = /mnt/usr/lib/postfix
meta_directory = /mnt/etc/postfix
queue_directory = /var/spool/postfix
data_directory = /var/lib/postfix
maillog_file = /var/log/mail.log
mail_owner = postfix
setgid_group = postdrop
myhostname = mx.{self.name}.example
inet_interfaces = 127.0.0.1
inet_protocols = ipv4
smtp_dns_support_level = disabled
smtpd_peername_lookup = no
smtpd_relay_restrictions = permit_mynetworks, reject
mynetworks = 127.0.0.0/8
mydestination = {self.domain("local")}
alias_maps =
local_recipient_maps =
virtual_mailbox_domains = {self.domain("full")}
virtual_mailbox_base = /var/mail
virtual_mailbox_maps = static:box
virtual_uid_maps = static:905
virtual_gid_maps = static:905
message_size_limit = 100000
virtual_mailbox_limit = 100000
relay_domains = {", ".join(self.domains(RELAYED))}
transport_maps = inline:{{{passed_on} {self.service_domain}=smtp:[{self.feedback[0]}]:{self.feedback[1]} }}
delay_warning_time = 1s
queue_run_delay = 1s
minimal_backoff_time = 1s
maximal_backoff_time = 1s
"""
        services = ["pickup unix n - n 60 1 pickup", "cleanup unix n - n - 0 cleanup", "qmgr unix n - n 1 1 qmgr",
                    "rewrite unix - - n - - trivial-rewrite", "bounce unix - - n - 0 bounce", "defer unix - - n - 0 bounce",
                    "trace unix - - n - 0 bounce", "verify unix - - n - 1 verify", "flush unix n - n 1000? 0 flush",
                    "proxymap unix - - n - - proxymap", "smtp unix - - n - - smtp", "relay unix - - n - - smtp",
                    "showq unix n - n - - showq", "error unix - - n - - error", "retry unix - - n - - error",
                    "local unix - n n - - local", "virtual unix - n n - - virtual", "anvil unix - - n - 1 anvil",
                    "scache unix - - n - 1 scache", "tlsmgr unix - - n 1000? 1 tlsmgr", "postlog unix-dgram n - n - 1 postlogd"]
        master = "\n".join([f"{self.address}:{self.port} inet n - n - - smtpd", *services]) + "\n"
        return {"postfix/main.cf": main, "postfix/master.cf": master}

    def prepare(self, var):
        (var / "mail" / "box").write_text("x" * 100000)
        os.chown(var / "mail" / "box", 905, 905)

    def command(self):
        return ["/mnt/usr/sbin/postfix", "-c", "/etc/postfix", "start-fg"]


class Exim(Mta):
    package = "exim4-daemon-light"
    owned = {"spool/exim4": 902, "log/exim4": 902}

    def configuration(self):
        return {"exim4/exim4.conf": f"""primary_hostname = mx.{self.name}.example
exim_path = /mnt/usr/sbin/exim4
spool_directory = /var/spool/exim4
log_file_path = /var/log/exim4/%slog
local_interfaces = {self.address}
daemon_smtp_ports = {self.port}
disable_ipv6 = true
tls_advertise_hosts =
dsn_advertise_hosts = *
acl_smtp_rcpt = accept
acl_smtp_data = accept
dkim_verify_signers =
host_lookup =
rfc1413_query_timeout = 0s
keep_environment =
check_spool_space = 0
check_spool_inodes = 0
check_log_space = 0
check_log_inodes = 0
delay_warning = 1s
begin routers
home:
  driver = manualroute
  domains = {self.service_domain}
  route_data = {self.feedback[0]}
  self = send
  transport = feedback
next_hop:
  driver = manualroute
  domains = {" : ".join(self.domains(RELAYED))}
  route_data = {self.next_hop[0]}
  self = send
  transport = next_hop
full:
  driver = accept
  domains = {self.domain("full")}
  transport = box
begin transports
feedback:
  driver = smtp
  port = {self.feedback[1]}
  allow_localhost
  hosts_avoid_tls = *
  hosts_try_dane =
next_hop:
  driver = smtp
  port = {self.next_hop[1]}
  allow_localhost
  hosts_avoid_tls = *
  hosts_try_dane =
box:
  driver = appendfile
  file = /var/mail/box
  user = somebody
  quota = 100
begin retry
{self.domain("slow")} * F,1h,1s
"""}

    def command(self):
        return ["/mnt/usr/sbin/exim4", "-bdf", "-q1s"]


class OpenSmtpd(Mta):
    package = "opensmtpd"
    owned = {"lib/opensmtpd/empty": 0}

    def configuration(self):
        def among(domains):
            return "{ " + ", ".join(f'"{name}"' for name in domains) + " }"
        return {"smtpd.conf": f"""bounce warn-interval 1s
listen on {self.address} port {self.port} hostname mx.{self.name}.example
table anybody {{ "@" = "somebody" }}
action "home" relay host "smtp://{self.feedback[0]}:{self.feedback[1]}"
action "next_hop" relay host "smtp://{self.next_hop[0]}:{self.next_hop[1]}"
action "nobody" mda "exit 67" virtual <anybody>
match from any for domain "{self.service_domain}" action "home"
match from any for domain "{self.domain("local")}" action "nobody"
match from any for domain {among(self.domains(("full", *RELAYED)))} action "next_hop"
"""}

    def prepare(self, var):
        (var / "lib" / "opensmtpd" / "empty").chmod(0o711)

    def command(self):
        return ["/mnt/usr/sbin/smtpd", "-d", "-f", "/etc/smtpd.conf"]


ALL = {"postfix": Postfix, "exim": Exim, "opensmtpd": OpenSmtpd}
