"""nginx, as the upstream and as a peer: its configuration filled in, its Lua module loaded where that is needed."""

from pathlib import Path

from .paths import BENCHMARKS, fill, program


def command(template: str, directory: Path, values: dict[str, str]) -> list[str]:
    """Writes the configuration into the directory; the command runs nginx with it."""
    modules = [f"load_module {path};" for name in ("ndk_http_module", "ngx_http_lua_module")
               if (path := Path(f"/usr/lib/nginx/modules/{name}.so")).exists()]
    configuration = fill(BENCHMARKS / template, directory / "nginx.conf", {
        "DIRECTORY": str(directory), "MODULES": "\n".join(modules), **values})
    return [program("nginx"), "-p", str(directory), "-c", str(configuration)]
