# SPDX-License-Identifier: Apache-2.0
"""Runs what README.md, docs/*.md and examples/*/README.md show, in a checkout of its own: see scripts/check-docs.

    check.py CHECKOUT WORK [PAGE...]

WORK is an empty folder. Every block of a language that can be run is run, or pages.py says why not.
"""

import glob
import os
import shutil
import subprocess
import sys
from pathlib import Path

from blocks import bare, blocks_of, commands_of, differs, shown_in
from pages import PAGES, Excerpt, Frame, Page, Project, Saved

FRAMES = Path(__file__).parent / "frames"
RUN = {"sh", "console", "python"}
CHECKED = RUN | {"feat", "c", "cpp", "cmake"}
SHOWN = {"json", "text", "toml"}  # looked at where pages.py says how


class Failed(Exception):
    pass


def found_in(table, block):
    """What a table of pages.py says of a block, or None."""
    for key, value in table.items():
        if isinstance(key, tuple) and key[0] == block.language and block.text.startswith(key[1]):
            return value
    return None


class Checker:
    def __init__(self, checkout, work):
        self.root = checkout
        self.work = work
        venv = work / "venv"
        subprocess.run([sys.executable, "-m", "venv", venv], check=True)
        self.environment = {
            **os.environ,
            "PATH": f"{venv}/bin:{checkout}/build/release:{os.environ['PATH']}",
            # What is installed is found as if it were in /usr/local.
            "CPATH": f"{checkout}/installed/include",
            # Compiled files of another checkout are as good: a compiler cache finds them.
            "CCACHE_BASEDIR": str(checkout),
        }
        for name in ("VIRTUAL_ENV", "PYTHONPATH"):
            self.environment.pop(name, None)

    def check(self, name):
        page = PAGES.get(name, Page())
        self.folder = self.root / page.folder
        # Nothing is left there of an earlier run.
        if page.folder.startswith("build/"):
            shutil.rmtree(self.folder, ignore_errors=True)
        self.folder.mkdir(parents=True, exist_ok=True)
        for pattern in page.files:
            found = glob.glob(str(self.root / pattern))
            if not found:
                raise Failed(f"{name}: pages.py names {pattern}, which is not there")
            for file in found:
                shutil.copy(file, self.folder)
        blocks = blocks_of(name, (self.root / name).read_text(encoding="utf-8"))
        commands = {bare(c) for b in blocks if b.language == "sh" for c in commands_of(b)}
        for key in [*page.blocks, *page.not_run]:
            if key not in commands and all(found_in({key: key}, b) is None for b in blocks):
                raise Failed(f"{name}: pages.py speaks of {key}, which the page does not have")

        for block in blocks:
            how = found_in(page.blocks, block)
            if isinstance(how, Saved):
                (self.folder / how.name).write_text(block.text, encoding="utf-8")
        for block in blocks:
            self.block(block, page)
        self.python(blocks, page)
        self.feat(name, blocks)

    def block(self, block, page):
        reason = found_in(page.not_run, block)
        if reason:
            print(f"   not run: {block.place}: {reason}")
            return
        how = found_in(page.blocks, block)
        if isinstance(how, Excerpt):
            self.excerpt(block, how)
        elif isinstance(how, Frame):
            self.frame(block, how)
        elif isinstance(how, Project):
            self.project(block, how)
        elif block.language == "sh":
            self.sh(block, page)
        elif block.language == "console":
            self.console(block)
        elif isinstance(how, Saved):
            pass  # the page's commands use it
        elif block.language in CHECKED - {"feat", "python"} or any(line.startswith("$ ") for line in block.text.split("\n")):
            raise Failed(f"{block.place}: tests/docs/pages.py does not say how this is checked")
        elif block.language not in CHECKED | SHOWN:
            raise Failed(f"{block.place}: nothing is known of ```{block.language}")

    def run(self, block, command):
        done = subprocess.run(
            command, cwd=self.folder, env=self.environment, stdin=subprocess.DEVNULL, capture_output=True, text=True
        )
        if done.returncode:
            raise Failed(f"{block.place}: exit code {done.returncode}\n{done.stdout[-3000:]}{done.stderr[-5000:]}")
        return done.stdout

    def sh(self, block, page):
        wanted = []
        for command in commands_of(block):
            reason = page.not_run.get(bare(command))
            if reason:
                print(f"   not run: {block.place}: {bare(command)}: {reason}")
            else:
                wanted.append(command)
        if wanted:
            self.run(block, ["sh", "-euc", "\n".join(wanted)])

    def console(self, block):
        for command, shown in shown_in(block):
            printed = [line.rstrip() for line in self.run(block, ["sh", "-euc", command]).rstrip("\n").split("\n")]
            problem = differs(shown, printed if printed != [""] else [])
            if problem:
                raise Failed(f"{block.place}: $ {command}\n{problem}")

    def python(self, blocks, page):
        """All of the page's, one after the other, as a reader types them."""
        text = FRAMES.joinpath(page.before_python).read_text(encoding="utf-8") if page.before_python else ""
        wanted = [b for b in blocks if b.language == "python" and not found_in(page.not_run, b)]
        for block in wanted:
            text += "\n" * max(0, block.line - 1 - text.count("\n")) + block.text
        if wanted:
            self.run(wanted[0], ["python", "-c", text])

    def excerpt(self, block, how):
        lines = {line.strip() for line in (self.root / how.file).read_text(encoding="utf-8").split("\n")}
        for line in block.text.split("\n"):
            # The last line of a statement may go on in the file.
            if line.strip() not in lines and line.strip().removesuffix(";") not in lines:
                raise Failed(f"{block.place}: no line of {how.file}: {line}")

    def frame(self, block, how):
        snippet = self.work / f"snippet.{block.language}"
        snippet.write_text(f'#line {block.line} "{block.page}"\n{block.text}', encoding="utf-8")
        compiler = ["c++", "-std=c++20"] if how.name.endswith(".cpp") else ["cc", "-std=c11"]
        self.run(block, [*compiler, "-Wall", "-Werror", "-fsyntax-only", f"-I{self.root}", f"-I{self.root}/include", f'-DSNIPPET="{snippet}"',
                         str(FRAMES / how.name)])

    def project(self, block, how):
        folder = self.work / "project"
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir()
        shutil.copy(self.root / how.main, folder / "server.cpp")
        head = "cmake_minimum_required(VERSION 3.25)\nproject(server C CXX)\n"
        (folder / "CMakeLists.txt").write_text(head + block.text, encoding="utf-8")
        built = folder / "build"
        self.run(block, ["cmake", "-G", "Ninja", "-S", folder, "-B", built, "-DCMAKE_BUILD_TYPE=Debug",
                         f"-DCMAKE_PREFIX_PATH={self.root}/installed"])
        self.run(block, ["cmake", "--build", built])
        self.run(block, [built / "server", *(self.root / a for a in how.arguments)])

    def feat(self, name, blocks):
        """The page's configs are one, one block behind the other; messages have the page's own line numbers."""
        lines = []
        for block in blocks:
            if block.language == "feat":
                lines += [""] * (block.line - 1 - len(lines)) + block.text.split("\n")[:-1]
        if not lines:
            return
        config = self.work / (name.replace("/", "-").removesuffix(".md") + ".feat")
        config.write_text("\n".join(lines) + "\n", encoding="utf-8")
        done = subprocess.run(["featc", "check", config], env=self.environment, capture_output=True, text=True)
        if done.returncode:
            raise Failed(f"{name}: the examples do not compile:\n{done.stderr}")


def main():
    root, work = Path(sys.argv[1]).resolve(), Path(sys.argv[2]).resolve()
    every = ["README.md"] + sorted(
        str(p.relative_to(root)) for pattern in ("docs/*.md", "examples/*/README.md") for p in root.glob(pattern)
    )
    for name in PAGES:
        if name not in every:
            raise SystemExit(f"tests/docs/pages.py has {name}, which is not there")
    checker = Checker(root, work)
    failed = 0
    for name in sys.argv[3:] or every:
        print(f"-- {name}", flush=True)
        try:
            checker.check(name)
        except Failed as problem:
            print(problem, file=sys.stderr)
            failed += 1
    if failed:
        raise SystemExit(f"{failed} pages are not as they say")


if __name__ == "__main__":
    main()
