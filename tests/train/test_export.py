"""An exported network is the checkpoint, and says what it is."""

import json
import sys
from collections.abc import Callable
from dataclasses import asdict, replace
from pathlib import Path

import numpy as np
import pytest
import torch

from engine.errors import DataError, ModelError
from engine.models.onnx import OnnxModel
from engine.stages.belief import ErrorModel
from engine.stages.estimate import AgeEstimator
from train import evaluate
from train.backbone import AgeNet
from train.calibrate import Calibration
from train.checkpoint import digest_of
from train.deployed import Deployed
from train.export import TOLERANCE_YEARS, check_same, export, read_calibration, years_apart
from train.losses.amr import AMRLoss
from train.recipe import Recipe
from train.widths import Widths

RECIPE = Recipe("tiny", ("utkface",), AMRLoss(), side_px=32, ages=101)
REACHES = np.linspace(0, 6, 101).tolist()
CALIBRATION = Calibration(
    [1.5] * 101, REACHES, REACHES[::-1], 4.0, 2.0, 0.8, 1 / 30, [1 / 101] * 101, "0123"
)


@pytest.fixture(scope="module")
def exported(tmp_path_factory: pytest.TempPathFactory) -> tuple[AgeNet, Path]:
    torch.manual_seed(0)
    net = AgeNet().eval()
    torch.nn.init.normal_(net.head.weight, std=2.0)
    path = tmp_path_factory.mktemp("export") / "age.onnx"
    export(net, RECIPE, CALIBRATION, ("utkface", "aaf"), ("aaf-1",), path)
    return net, path


@pytest.mark.filterwarnings("ignore")  # the exporter of torch warns about itself
def test_the_file_gives_the_checkpoints_ages(exported: tuple[AgeNet, Path]) -> None:
    net, path = exported
    deployed = Deployed(net, CALIBRATION.widths).eval()
    assert years_apart(deployed, OnnxModel(path, threads=1), RECIPE) < TOLERANCE_YEARS


@pytest.mark.filterwarnings("ignore")
def test_each_probability_of_the_file_is_the_networks_too(exported: tuple[AgeNet, Path]) -> None:
    net, path = exported
    crops = np.random.default_rng(4).integers(0, 256, (5, 32, 32, 3), dtype=np.uint8)
    with torch.inference_mode():
        expected = Deployed(net, CALIBRATION.widths).eval()(torch.from_numpy(crops)).numpy()
        narrow = Widths(CALIBRATION.temperatures, [0.0] * 101, [0.0] * 101)
        without = Deployed(net, narrow).eval()(torch.from_numpy(crops)).numpy()
    found = np.asarray(OnnxModel(path, threads=1)({"crops": crops})["probabilities"])
    np.testing.assert_allclose(found, expected, atol=1e-5)
    assert np.abs(found - without).max() > 1e-3  # the kernel is in the graph


@pytest.mark.filterwarnings("ignore")
def test_the_file_carries_all_the_engine_reads(exported: tuple[AgeNet, Path]) -> None:
    model = OnnxModel(exported[1], threads=1)
    estimator = AgeEstimator(model, batch=3)
    assert estimator.side_px == 32
    assert estimator.template.shape == (5, 2)
    assert ErrorModel.read(model.spec).bias_years == 4.0
    assert model.spec.fact("data") == ["utkface", "aaf"]
    assert model.spec.fact("crops") == ["aaf-1"]
    crops = np.random.default_rng(0).integers(0, 256, (7, 32, 32, 3), dtype=np.uint8)
    found = estimator(crops)
    np.testing.assert_allclose(found.probs.sum(1), 1, atol=1e-5)
    np.testing.assert_allclose(found.probs[5:6], estimator(crops[5:6]).probs, atol=1e-6)


@pytest.mark.filterwarnings("ignore")
def test_measuring_tells_of_other_crops_than_were_learnt_from(
    exported: tuple[AgeNet, Path],
    write_crops: Callable[[Path, str, int, int], None],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    write_crops(tmp_path, "aaf", 4, 1)  # aaf-0
    words = ["evaluate", exported[1], "--cache", tmp_path, "--data", "aaf", "--split", "test"]
    monkeypatch.setattr(sys, "argv", list(map(str, words)))
    evaluate.main()
    assert "age.onnx was trained from other crops of aaf than are measured" in caplog.text
    for path in list(tmp_path.glob("aaf-0.*")):
        path.rename(path.with_name(path.name.replace("aaf-0", "aaf-1")))
    caplog.clear()
    evaluate.main()
    assert not caplog.records


@pytest.mark.filterwarnings("ignore")
def test_the_file_names_no_place_of_the_machine_that_made_it(exported: tuple[AgeNet, Path]) -> None:
    data = exported[1].read_bytes()
    assert str(Path.cwd()).encode() not in data
    assert b"site-packages" not in data


def test_answers_that_are_no_numbers_do_not_agree() -> None:
    answers = np.full((16, 101), np.nan, np.float32)
    with pytest.raises(ModelError, match="differs from the checkpoint by nan years"):
        check_same(
            lambda _: torch.from_numpy(answers), lambda _: {"probabilities": answers}, RECIPE
        )


def test_a_calibration_is_read_for_the_network_that_it_was_made_of_only(tmp_path: Path) -> None:
    net, saved = AgeNet(ages=5), tmp_path / "tiny.calibration.json"
    made = replace(CALIBRATION, network=digest_of(net))
    saved.write_text(json.dumps(asdict(made)))
    assert read_calibration(tmp_path / "tiny.pt", net) == made
    with pytest.raises(DataError, match=r"of another network .* train\.calibrate .*tiny\.pt"):
        read_calibration(tmp_path / "tiny.pt", AgeNet(ages=5))  # trained anew
    older = {name: fact for name, fact in asdict(made).items() if name != "network"}
    saved.write_text(json.dumps(older))
    with pytest.raises(DataError, match=r"network.* train\.calibrate .*tiny\.pt"):
        read_calibration(tmp_path / "tiny.pt", net)
