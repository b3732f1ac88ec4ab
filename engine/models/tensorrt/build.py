"""Making an engine of an ONNX file. Knows no cache and runs no engine.

Precision lives in the graph: TensorRT 11 has no other way, and 10 is asked for the same with a
strongly typed network. The time goes into trying kernels on the GPU; a timing cache keeps what was
measured. Source: NVIDIA's developer guide, chapters on strong typing and on timing caches.
"""

import logging
import threading
from collections.abc import Callable
from concurrent.futures import Future, wait
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import TypeVar

from engine.errors import ModelError
from engine.models.tensorrt.api import (
    Builder,
    IBuilderConfig,
    IHostMemory,
    INetworkDefinition,
    OnnxParser,
    ParserError,
)
from engine.models.tensorrt.library import Log, library_name, log_of
from engine.models.tensorrt.profiles import Profile
from engine.models.tensorrt.progress import Phases, Progress, monitor_of, silent
from engine.models.tensorrt.storage import write_whole

_log = logging.getLogger(__name__)
_TICK_S = 0.1
_MIB = 2**20
_ADVICE = "Check the file with onnx.checker, export it again, or use --runtime onnxruntime."
_Given = TypeVar("_Given")


@dataclass(frozen=True, slots=True)
class BuildSettings:
    """What an engine depends on besides the ONNX file and the machine.

    Attributes:
        profiles: The input shapes it is for.
        workspace_mib: Most GPU memory that a kernel may use for itself.
        hardware_compatible: Also for other GPUs from Ampere on, at some loss of speed.
        optimization_level: How hard to search for kernels, 0..5.
    """

    profiles: tuple[Profile, ...]
    workspace_mib: int = 1024
    hardware_compatible: bool = False
    optimization_level: int = 3


def build_engine(
    trt: ModuleType,
    builder: Builder,
    onnx: Path,
    settings: BuildSettings,
    *,
    timings: Path | None = None,
    progress: Progress = silent,
) -> bytes:
    """Build an engine from an ONNX file.

    Args:
        trt: The library.
        builder: Its builder.
        onnx: The file.
        settings: What to build.
        timings: File that keeps measured kernels from one build to the next; None for no file.
        progress: Told how far it is about ten times a second; when it raises, or Ctrl-C comes,
            the build is stopped.

    Raises:
        ModelError: The file or the settings are refused; tells TensorRT's own reason.
    """
    log = log_of(trt)
    log.complaints()
    refusal = _Refusal(f"{onnx.name} cannot be built with {library_name(trt)}", log)
    progress(f"{onnx.name}: reading", 0.0)
    # The parser owns the weights that the network refers to: it must outlive the build.
    network, _parser = _parse(trt, builder, onnx, refusal)
    config = refusal.unless(builder.create_builder_config(), "no configuration could be made")
    _configure(trt, builder, config, network, settings, refusal)
    if timings is not None:
        _take_timings(config, timings)
    phases = Phases()
    config.progress_monitor = monitor_of(trt, phases)
    made = _watch(
        lambda: builder.build_serialized_network(network, config),
        phases,
        lambda share: progress(f"{onnx.name}: building the engine, {phases.name}", share),
    )
    engine = bytes(refusal.unless(made, "the build failed"))
    if timings is not None:
        _keep_timings(config, timings)
    return engine


class _Refusal:
    """Turns TensorRT's False and None into errors that carry its log."""

    def __init__(self, what: str, log: Log) -> None:
        self._what = what
        self._log = log

    def unless(self, result: _Given | None, why: str) -> _Given:
        """The result, unless it is None."""
        if result is None:
            raise self.error(why)
        return result

    def error(self, why: str) -> ModelError:
        reason = self._log.complaints()
        return ModelError(f"{self._what}: {why}{f' ({reason})' if reason else ''}. {_ADVICE}")


def _parse(
    trt: ModuleType, builder: Builder, onnx: Path, refusal: _Refusal
) -> tuple[INetworkDefinition, OnnxParser]:
    typed = 1 << int(trt.NetworkDefinitionCreationFlag.STRONGLY_TYPED)
    network = refusal.unless(builder.create_network(typed), "no network could be made")
    parser: OnnxParser = trt.OnnxParser(network, log_of(trt))
    if parser.parse_from_file(str(onnx)):
        # The parser takes some files that are no ONNX at all for an empty network.
        if network.num_inputs != 1:
            raise refusal.error(f"the file is refused: it has {network.num_inputs} inputs, not one")
        return network, parser
    errors = [parser.get_error(index) for index in range(parser.num_errors)]
    found = "; ".join(f"{_node(error)}{' '.join(error.desc().split())}" for error in errors[:3])
    log_of(trt).complaints()  # the same again, longer
    raise refusal.error(f"the file is refused: {found or 'it is no ONNX file'}")


def _node(error: ParserError) -> str:
    operator = error.node_operator()
    return f"{operator} '{error.node_name()}': " if operator else ""


def _configure(
    trt: ModuleType,
    builder: Builder,
    config: IBuilderConfig,
    network: INetworkDefinition,
    settings: BuildSettings,
    refusal: _Refusal,
) -> None:
    config.set_memory_pool_limit(trt.MemoryPoolType.WORKSPACE, settings.workspace_mib * _MIB)
    config.builder_optimization_level = settings.optimization_level
    # What the graph leaves in FP32 is to be exact; TF32 would round its inputs to 10 bits.
    config.clear_flag(trt.BuilderFlag.TF32)
    if settings.hardware_compatible:
        config.hardware_compatibility_level = trt.HardwareCompatibilityLevel.AMPERE_PLUS
    name = network.get_input(0).name
    for profile in settings.profiles:
        ours = refusal.unless(builder.create_optimization_profile(), "no profile could be made")
        # A wrong range makes no sound here; the next call then gives -1.
        ours.set_shape(name, profile.smallest, profile.usual, profile.largest)
        if config.add_optimization_profile(ours) < 0:
            raise refusal.error(
                f"the profile {profile.smallest} to {profile.usual} to {profile.largest} is "
                "refused; expected smallest <= usual <= largest, as many sizes as the input has"
            )


def _take_timings(config: IBuilderConfig, path: Path) -> None:
    try:
        kept = path.read_bytes()
    except OSError:
        kept = b""
    # What is kept of another GPU or version is refused; then the build starts without.
    cache = config.create_timing_cache(kept) or config.create_timing_cache(b"")
    if cache is not None and not config.set_timing_cache(cache, False):
        empty = config.create_timing_cache(b"")
        if empty is not None:
            config.set_timing_cache(empty, False)


def _keep_timings(config: IBuilderConfig, path: Path) -> None:
    cache = config.get_timing_cache()
    if cache is None:
        return
    try:
        write_whole(path, bytes(cache.serialize()))
    except ModelError as error:
        _log.warning("the kernel timings are not kept: %s", error)


def _watch(
    build: Callable[[], IHostMemory | None], phases: Phases, tell: Callable[[float], None]
) -> IHostMemory | None:
    """Build in a thread, so that Ctrl-C reaches this one; what `tell` raises stops the build."""
    answer: Future[IHostMemory | None] = Future()

    def work() -> None:
        try:
            answer.set_result(build())
        except BaseException as error:  # noqa: BLE001  handed to the thread that waits
            answer.set_exception(error)

    thread = threading.Thread(target=work, name="tensorrt-build")
    thread.start()
    try:
        while not wait([answer], timeout=_TICK_S).done:
            tell(phases.share())
    finally:
        phases.stop.set()
        thread.join()
    return answer.result()
