"""Our build function on a real parser and builder: tensorrt_rtx needs no GPU to build.

This proves parsing, typing, shapes and profiles. It says nothing about kernels, speed or numbers,
and what builds here need not build with tensorrt, nor the other way round.
"""

from dataclasses import replace
from pathlib import Path
from types import ModuleType

import numpy as np
import onnx
import pytest
from onnx import TensorProto, helper, numpy_helper

from engine.errors import ModelError
from engine.models.model import ModelSpec
from engine.models.tensorrt.build import BuildSettings, build_engine
from engine.models.tensorrt.library import create_builder, library_name, log_of
from engine.models.tensorrt.profiles import Profile, profiles_for

_FIXED = (Profile((1, 8, 8, 3), (2, 8, 8, 3), (4, 8, 8, 3)),)


@pytest.fixture(scope="module")
def rtx() -> ModuleType:
    return pytest.importorskip("tensorrt_rtx", reason="tensorrt_rtx has no wheel for this machine")


def build(rtx: ModuleType, path: Path, settings: BuildSettings, **options: object) -> bytes:
    return build_engine(rtx, create_builder(rtx, "none"), path, settings, **options)


def network(path: Path, *nodes: onnx.NodeProto, weights: np.dtype = np.float16) -> Path:
    """Pictures cast to FP16, put through `nodes` from "half" to "out"."""
    kernel = numpy_helper.from_array(np.ones((3, 3, 1, 1), weights), "kernel")
    graph = helper.make_graph(
        [
            helper.make_node("Cast", ["image"], ["cast"], "cast", to=TensorProto.FLOAT16),
            helper.make_node("Transpose", ["cast"], ["half"], "turn", perm=[0, 3, 1, 2]),
            *nodes,
        ],
        "planted",
        [helper.make_tensor_value_info("image", TensorProto.UINT8, ["n", 8, 8, 3])],
        [helper.make_tensor_value_info("out", TensorProto.FLOAT16, ["n", 3, 8, 8])],
        [kernel],
    )
    opsets = [helper.make_opsetid("", 18), helper.make_opsetid("nobody", 1)]
    onnx.save(helper.make_model(graph, opset_imports=opsets, ir_version=8), path)
    return path


CONVOLUTION = helper.make_node("Conv", ["half", "kernel"], ["out"], "convolution")


def test_every_shipped_graph_builds_with_all_its_profiles(
    rtx: ModuleType, shipped: ModelSpec
) -> None:
    settings = BuildSettings(profiles_for(shipped))
    told: list[float] = []
    engine = build(rtx, shipped.path, settings, progress=lambda _text, share: told.append(share))
    assert len(engine) > shipped.path.stat().st_size / 2
    assert told == sorted(told)


def test_a_small_network_builds_and_its_settings_are_accepted(
    rtx: ModuleType, tmp_path: Path
) -> None:
    path = network(tmp_path / "good.onnx", CONVOLUTION)
    for changed in (
        {},
        {"hardware_compatible": True},
        {"workspace_mib": 16},
        {"optimization_level": 0},
    ):
        assert build(rtx, path, replace(BuildSettings(_FIXED), **changed))


def test_convolutions_that_stay_in_fp32_are_computed_in_fp32(
    rtx: ModuleType, tmp_path: Path
) -> None:
    made = []

    class Watched(rtx.Builder):
        def create_builder_config(self) -> object:
            made.append(super().create_builder_config())
            return made[-1]

    plain = create_builder(rtx, "none").create_builder_config()
    assert plain.get_flag(rtx.BuilderFlag.TF32), "TensorRT rounds to 10 bits unless told otherwise"
    path = network(tmp_path / "good.onnx", CONVOLUTION)
    assert build_engine(rtx, Watched(log_of(rtx)), path, BuildSettings(_FIXED))
    assert [config.get_flag(rtx.BuilderFlag.TF32) for config in made] == [False]


@pytest.mark.filterwarnings("ignore:.*[Tt]iming cache:DeprecationWarning")  # none in tensorrt_rtx
def test_the_calls_for_a_timing_cache_exist(rtx: ModuleType, tmp_path: Path) -> None:
    path = network(tmp_path / "good.onnx", CONVOLUTION)
    assert build(rtx, path, BuildSettings(_FIXED), timings=tmp_path / "kernel.timings")


def test_mixed_precision_is_refused_with_the_node_and_both_types(
    rtx: ModuleType, tmp_path: Path
) -> None:
    path = network(tmp_path / "mixed.onnx", CONVOLUTION, weights=np.float32)
    with pytest.raises(ModelError) as caught:
        build(rtx, path, BuildSettings(_FIXED))
    text = str(caught.value)
    assert text.startswith(f"mixed.onnx cannot be built with {library_name(rtx)}: ")
    assert "must be of same type" in text
    assert "Half" in text
    assert "Float" in text


def test_an_unknown_operator_is_refused_by_name(rtx: ModuleType, tmp_path: Path) -> None:
    foreign = helper.make_node("Sharpen", ["half"], ["out"], "sharpen", domain="nobody")
    path = network(tmp_path / "unknown.onnx", foreign)
    with pytest.raises(ModelError, match=r"the file is refused: .*Sharpen") as caught:
        build(rtx, path, BuildSettings(_FIXED))
    assert "\n" not in str(caught.value)


def test_a_missing_profile_is_told(rtx: ModuleType, tmp_path: Path) -> None:
    path = network(tmp_path / "good.onnx", CONVOLUTION)
    with pytest.raises(ModelError, match=r"the build failed .*no optimization profile"):
        build(rtx, path, BuildSettings(()))


@pytest.mark.parametrize(
    "profile",
    [
        Profile((2, 8, 8, 3), (1, 8, 8, 3), (4, 8, 8, 3)),
        Profile((1, 8, 8, 3), (4, 8, 8, 3), (2, 8, 8, 3)),
    ],
)
def test_a_profile_in_the_wrong_order_is_told_with_its_shapes(
    rtx: ModuleType, tmp_path: Path, profile: Profile
) -> None:
    path = network(tmp_path / "good.onnx", CONVOLUTION)
    with pytest.raises(ModelError, match=r"is refused; expected smallest <= usual <= largest"):
        build(rtx, path, BuildSettings((profile,)))


def test_a_profile_that_the_network_cannot_take_is_told(rtx: ModuleType, tmp_path: Path) -> None:
    path = network(tmp_path / "good.onnx", CONVOLUTION)
    wrong = Profile((1, 9, 9, 3), (1, 9, 9, 3), (1, 9, 9, 3))
    with pytest.raises(ModelError, match=r"good\.onnx cannot be built"):
        build(rtx, path, BuildSettings((wrong,)))


@pytest.mark.parametrize("content", [b"", b"hello", b"\x08\x08"])
def test_a_file_that_is_no_network_is_refused(
    rtx: ModuleType, tmp_path: Path, content: bytes
) -> None:
    path = tmp_path / "text.onnx"
    path.write_bytes(content)
    with pytest.raises(ModelError, match=r"text\.onnx cannot be built .*the file is refused"):
        build(rtx, path, BuildSettings(_FIXED))


def test_an_old_complaint_does_not_land_in_a_new_error(rtx: ModuleType, tmp_path: Path) -> None:
    with pytest.raises(ModelError):
        build(rtx, tmp_path / "gone.onnx", BuildSettings(_FIXED))
    path = network(tmp_path / "good.onnx", CONVOLUTION)
    with pytest.raises(ModelError) as caught:
        build(rtx, path, BuildSettings(()))
    assert "gone" not in str(caught.value)


def test_what_progress_raises_stops_the_real_builder(rtx: ModuleType, shipped: ModelSpec) -> None:
    def progress(_text: str, share: float) -> None:
        if share > 0:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        build(rtx, shipped.path, BuildSettings(profiles_for(shipped)), progress=progress)
