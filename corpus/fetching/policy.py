"""What the fetcher may do: which hosts and addresses, how often, how much; and how it says no.

The addresses come from the catalogue and from pages of others, so every one is checked: the host
is on a list, and what it resolves to is a public address (OWASP's advice against server-side
request forgery).
"""

from __future__ import annotations

import ipaddress
from collections.abc import Iterable
from importlib.metadata import PackageNotFoundError, version
from urllib.parse import SplitResult, urlsplit

from corpus.documents import Frozen
from corpus.errors import AdvisorError
from corpus.limits import DEFAULT

PRODUCT = "ITU-D-innovation-advisor"
"""Name a robots.txt calls this program by."""

_NAT64 = ipaddress.ip_network("64:ff9b::/96")
_PORTS = {"http": 80, "https": 443}


class FetchProblem(AdvisorError):
    """For the librarian: why one document was not fetched. Nothing half-written was left.

    Attributes:
        transient: trying again may help.
        wait: seconds the server asked to be left alone for, if it did.
    """

    code = "fetch-failed"

    def __init__(
        self, code: str, message: str, *, transient: bool = False, wait: float | None = None
    ) -> None:
        super().__init__(message)
        self.code, self.transient, self.wait = code, transient, wait


class Policy(Frozen):
    """Bounds of one run.

    Attributes:
        hosts: hosts that may be asked, `name` or `name:port`; redirects to others are refused.
        private_hosts: of these, the ones whose address may be private or loopback (for tests).
        redirects: most hops from one address to the file.
        pause: seconds between two requests to one host; a robots.txt may ask for more.
        attempts: times a request is made before it is given up.
        first_wait, longest_wait: back-off in seconds; a server that asks for more than the
            longest is left alone for this run.
        connect_seconds, silence_seconds: most time to connect, and between two pieces of a reply.
        file_seconds, page_seconds: most time for a whole file, and for a page or robots.txt.
        file_bytes, page_bytes: most bytes of a file (unpacked), and of a page.
        contact: address that the keeper of a site can write to, shown in the User-Agent.
    """

    hosts: frozenset[str]
    private_hosts: frozenset[str] = frozenset()
    redirects: int = 5
    pause: float = 1.0
    attempts: int = 4
    first_wait: float = 1.0
    longest_wait: float = 60.0
    connect_seconds: float = 20.0
    silence_seconds: float = 30.0
    file_seconds: float = 900.0
    page_seconds: float = 60.0
    file_bytes: int = DEFAULT.file_bytes
    page_bytes: int = 8 * 1024 * 1024
    contact: str = ""

    @property
    def agent(self) -> str:
        """The User-Agent: who asks, in which version, and whom to write to."""
        try:
            number = version("itu-d-innovation-advisor")
        except PackageNotFoundError:
            number = "0"
        # A header is one line of visible ASCII whatever a person types.
        said = "".join(c for c in self.contact if " " <= c <= "~" and c not in "()")
        return f"{PRODUCT}/{number} (document fetcher{'; ' * bool(said)}{said})"

    def check_url(self, url: str, before: str | None = None) -> SplitResult:
        """The parts of an address that may be asked.

        Args:
            url: absolute address.
            before: the address that redirected to it.

        Raises:
            FetchProblem: 'bad-address', 'insecure-redirect' or 'foreign-host'.
        """
        try:
            parts = urlsplit(url)
            port = parts.port
        except ValueError:
            parts, port = SplitResult("", "", "", "", ""), None
        if parts.scheme not in _PORTS or not parts.hostname or "@" in parts.netloc:
            raise FetchProblem("bad-address", f"'{url[:120]}' is no plain http or https address.")
        if before is not None and parts.scheme == "http" and urlsplit(before).scheme == "https":
            raise FetchProblem(
                "insecure-redirect", f"{urlsplit(before).hostname} redirects from https to http."
            )
        if host_of(url, port) not in self.hosts:
            raise FetchProblem(
                "foreign-host",
                f"{parts.netloc[:120]} is not among the hosts that may be asked. Allow it with "
                "--allow-host if you know it to be official.",
            )
        return parts


def host_of(url: str, port: int | None = None) -> str:
    """`name`, or `name:port` where the port is not the scheme's own; lower case."""
    parts = urlsplit(url)
    port = port or parts.port
    name = (parts.hostname or "").rstrip(".").lower()
    return name if port in (None, _PORTS.get(parts.scheme)) else f"{name}:{port}"


def hosts_of(urls: Iterable[str]) -> frozenset[str]:
    """Hosts of these addresses, each with and without 'www.'."""
    bare = {host_of(url).removeprefix("www.") for url in urls}
    return frozenset(bare | {f"www.{host}" for host in bare})


def is_public(address: str) -> bool:
    """Whether an IP address is one of the open network, however it is wrapped."""
    try:
        ip = ipaddress.ip_address(address.split("%")[0])
    except ValueError:
        return False
    if isinstance(ip, ipaddress.IPv6Address):
        inner = ip.ipv4_mapped or ip.sixtofour or (ip.teredo[1] if ip.teredo else None)
        if ip in _NAT64:
            inner = ipaddress.IPv4Address(int(ip) & 0xFFFFFFFF)
        if inner is not None:
            return is_public(str(inner))
    return ip.is_global and not ip.is_multicast
