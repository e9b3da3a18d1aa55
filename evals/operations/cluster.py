"""A whole deployment on loopback: servers behind nginx, a Chroma server, PostgreSQL.

The same parts as deploy/compose.yaml, as real processes. Every server has a data directory of its
own, as on hosts of their own: what they share goes through the database and Chroma.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from contextlib import ExitStack
from pathlib import Path
from types import TracebackType

from pydantic import SecretStr

from assistant.operating import workspace
from assistant.settings import Settings
from corpus.shelf.register import Shelf
from corpus.shelf.starter import load_starter
from evals.operations import processes
from evals.operations.processes import Child, NotInstalled, Postgres

_PROXY = Path(__file__).resolve().parent.parent.parent / "deploy" / "nginx" / "advisor.conf"

_AROUND = """daemon off;
worker_processes 1;
pid {folder}/nginx.pid;
error_log {folder}/nginx-error.log warn;
events {{ worker_connections 512; }}
http {{
    access_log off;
    client_body_temp_path {folder}/body;
    proxy_temp_path {folder}/proxy;
    fastcgi_temp_path {folder}/fastcgi;
    uwsgi_temp_path {folder}/uwsgi;
    scgi_temp_path {folder}/scgi;
{inside}
}}
"""


class Cluster:
    """A context manager: everything runs inside the block, nothing after it."""

    def __init__(
        self,
        folder: Path,
        servers: int = 3,
        model: str = "hashing",
        postgres: bool = True,
        proxy: bool = True,
        first: Mapping[str, str] | None = None,
        environment: Mapping[str, str] | None = None,
        under: str = "",
        fill: Callable[[Shelf], object] = load_starter,
    ) -> None:
        """Nothing is started yet.

        Args:
            folder: of everything it writes.
            servers: how many.
            model: embedding model, as in EMBEDDING_MODEL.
            postgres: PostgreSQL, or one SQLite file, which processes of one host may share.
            proxy: nginx before the servers; without it `url` is the first server.
            first: more environment of the first server.
            environment: of all servers.
            under: path of the site that leads to the servers, like "/advisor".
            fill: puts documents on the shelf; the starter corpus when nothing is said.

        Raises:
            NotInstalled: Chroma, PostgreSQL or nginx is not on this machine.
            DidNotStart: PostgreSQL's data directory could not be made.
        """
        self.folder, self.model = folder, model
        folder.mkdir(parents=True, exist_ok=True)
        port = processes.free_port()
        self.chroma = processes.chroma(folder / "chroma", port)
        self.chroma_host = f"127.0.0.1:{port}"
        self.postgres: Postgres | None = None
        self.database_url = f"sqlite:///{folder / 'advisor.db'}"
        if postgres:
            self.postgres = Postgres(folder / "postgres", processes.free_port())
            self.database_url = self.postgres.url
        self.ports = [processes.free_port() for _ in range(servers)]
        self.environment = {
            "DATABASE_URL": self.database_url,
            "CHROMA_HOST": self.chroma_host,
            "EMBEDDING_MODEL": model,
            "ADVISOR_FILES_DIR": str(folder / "files"),
            # Behind a proxy nobody is at the machine itself; these askers have no accounts.
            "ADVISOR_ANONYMOUS_READING": "true",
            "ADVISOR_ANONYMOUS_QUESTIONS_PER_MINUTE": "0",
            "ADVISOR_ROOT_PATH": under,
            **(environment or {}),
        }
        self.servers = [
            processes.advisor(
                folder / f"home-{number}",
                port,
                folder / f"server-{number}.log",
                **self.environment,
                **((first or {}) if number == 1 else {}),
            )
            for number, port in enumerate(self.ports, start=1)
        ]
        self.proxy: Child | None = None
        self.url = f"http://127.0.0.1:{self.ports[0]}"
        if proxy:
            port = processes.free_port()
            self.proxy = nginx(folder / "nginx", port, self.ports, under)
            self.url = f"http://127.0.0.1:{port}"
        self._fill = fill
        self._stack = ExitStack()

    def settings(self, home: str = "home-tools") -> Settings:
        """Settings of one more process of this deployment, in this one."""
        return Settings(
            data_dir=self.folder / home,
            database_url=SecretStr(self.database_url),
            chroma_host=self.chroma_host,
            embedding_model=self.model,
            files_dir=self.folder / "files",
        )

    def urls(self) -> list[str]:
        """Of each server, past the proxy."""
        return [f"http://127.0.0.1:{port}" for port in self.ports]

    def __enter__(self) -> Cluster:
        try:
            for part in (self.chroma, self.postgres):
                if part is not None:
                    self._stack.enter_context(part).start()
            self._fill(workspace.shelf(self.settings()))
            workspace.sync_index(self.settings())
            for server in self.servers:
                self._stack.enter_context(server).start(wait=False)
            for server in self.servers:
                server.wait_ready()
            if self.proxy is not None:
                self._stack.enter_context(self.proxy).start()
        except BaseException:
            self._stack.close()
            raise
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._stack.close()


def nginx(folder: Path, port: int, servers: list[int], under: str = "") -> Child:
    """nginx with the configuration that is deployed, on a port of loopback, before `servers`.

    With `under`, like "/advisor", that path leads to them and nothing else does.

    Raises:
        NotInstalled: nginx, or the configuration (a checkout has it), is not here.
    """
    import shutil

    program = shutil.which("nginx") or shutil.which("nginx", path="/usr/sbin")
    if program is None:
        raise NotInstalled("nginx is not installed. Debian has it as `nginx-light`.")
    if not _PROXY.is_file():
        raise NotInstalled("deploy/nginx/advisor.conf is not here: run this from a checkout.")
    folder.mkdir(parents=True, exist_ok=True)
    inside = _PROXY.read_text(encoding="utf-8")
    lines = "\n".join(f"    server 127.0.0.1:{one} max_fails=1 fail_timeout=5s;" for one in servers)
    inside = re.sub(r"(?:    server 127\.0\.0\.1:\d+ [^\n]*\n)+", f"{lines}\n", inside, count=1)
    inside = inside.replace("listen 80;", f"listen 127.0.0.1:{port};")
    if under:
        inside = inside.replace("location / {", f"location {under}/ {{")
        inside = inside.replace("proxy_pass http://advisor;", "proxy_pass http://advisor/;")
    configuration = folder / "nginx.conf"
    configuration.write_text(_AROUND.format(folder=folder, inside=inside), encoding="utf-8")
    return Child(
        "nginx",
        [program, "-c", configuration, "-p", folder],
        lambda: processes.answers(port),
        folder / "nginx.log",
    )
