"""Write a calibrated network as the ONNX file that the program runs.

    python -m train.export runs/amr_mobilenet.pt assets/models/age.onnx

The file is the contract: uint8 (n, side, side, 3) RGB crops in, (n, A) calibrated probabilities
out, and in its metadata the age axis, the crop template, the temperature, the error model and the
commit. The export is then run beside the checkpoint on random crops and must agree.
"""

import argparse
import json
import sys
from pathlib import Path

import numpy as np
import onnx
import torch
from onnx import helper
from torch import nn

from engine.errors import DataError, ModelError
from engine.models.model import METADATA_KEY
from engine.models.onnx import OnnxModel
from engine.stages.align import template
from train.backbone import AgeNet
from train.calibrate import Calibration
from train.checkpoint import digest_of, learnt_crops, learnt_from, load_average, recipe_of
from train.command import ended
from train.commit import commit
from train.data.crops import HALF_SIDE
from train.deployed import Deployed
from train.recipe import Recipe

OPSET = 18
TOLERANCE_YEARS = 0.01


def facts_of(
    recipe: Recipe, calibration: Calibration, learnt: tuple[str, ...], crops: tuple[str, ...]
) -> dict[str, object]:
    """The metadata of an age model; `learnt` and `crops` are the data of all its stages."""
    return {
        "kind": "age",
        "name": recipe.name,
        "method": "adaptive mean-residue loss (AMR)",
        "first_age": 0,
        "ages": recipe.ages,
        "side_px": recipe.side_px,
        "template": template(HALF_SIDE).round(5).tolist(),
        "mean_rgb": "in the graph",
        "temperatures": calibration.temperatures,
        "younger_years": calibration.younger_years,
        "older_years": calibration.older_years,
        "error_model": {
            "bias_years": calibration.bias_years,
            "noise_years": calibration.noise_years,
            "rho": calibration.rho,
            "interval_s": calibration.interval_s,
        },
        "prior": calibration.prior,
        "data": list(learnt),
        "crops": list(crops),
        "terms": "research, non-commercial",
        "commit": commit(),
    }


def export(
    net: AgeNet,
    recipe: Recipe,
    calibration: Calibration,
    learnt: tuple[str, ...],
    crops: tuple[str, ...],
    out: Path,
) -> None:
    """Write the file and check it against the network.

    Args:
        net: The network.
        recipe: What made it.
        calibration: What was measured of it.
        learnt: Data sets that it has learnt from, in any stage.
        crops: Names of the arrays of crops of these, as far as they are known.
        out: The file.

    Raises:
        ModelError: The file gives other ages than the network.
    """
    deployed = Deployed(net, calibration.widths).eval()
    example = torch.zeros(2, recipe.side_px, recipe.side_px, 3, dtype=torch.uint8)
    partial = out.with_suffix(".partial")
    program = torch.onnx.export(
        deployed,
        (example,),
        dynamo=True,
        opset_version=OPSET,
        input_names=["crops"],
        output_names=["probabilities"],
        dynamic_shapes={"crops": {0: torch.export.Dim("n")}},
        optimize=True,
        verbose=False,
    )
    if program is None:
        raise ModelError("torch.onnx gave no program. Use the torch version of constraints.txt.")
    model = program.model_proto
    del model.metadata_props[:]
    model.doc_string = ""
    for node in model.graph.node:  # exporter notes: paths of the training machine among them
        del node.metadata_props[:]
        node.doc_string = ""
    facts = facts_of(recipe, calibration, learnt, crops)
    helper.set_model_props(model, {METADATA_KEY: json.dumps(facts)})
    onnx.checker.check_model(model)
    onnx.save(model, partial)
    check_same(deployed, OnnxModel(partial, threads=2), recipe)
    partial.rename(out)


def check_same(deployed: nn.Module, model: OnnxModel, recipe: Recipe) -> None:
    """Compare a file with the network that it was made of.

    Raises:
        ModelError: It gives other ages, or one of the two gives no numbers.
    """
    difference = years_apart(deployed, model, recipe)
    if not difference <= TOLERANCE_YEARS:  # nan is no difference to be content with
        raise ModelError(f"the export differs from the checkpoint by {difference:.4f} years")


@torch.inference_mode()
def years_apart(deployed: nn.Module, model: OnnxModel, recipe: Recipe, count: int = 16) -> float:
    """Largest difference of the mean age between network and file on random crops, in years."""
    random = np.random.default_rng(0)
    crops = random.integers(0, 256, (count, recipe.side_px, recipe.side_px, 3), dtype=np.uint8)
    axis = np.arange(recipe.ages)
    expected = deployed(torch.from_numpy(crops)).numpy() @ axis
    found = np.asarray(model({"crops": crops})["probabilities"], np.float32) @ axis
    return float(np.abs(found - expected).max())


def read_calibration(checkpoint: Path, net: AgeNet) -> Calibration:
    """What was measured of a checkpoint.

    Args:
        checkpoint: The file that the calibration lies beside.
        net: The network that it holds.

    Raises:
        DataError: It was not calibrated, or held another network then.
    """
    saved = checkpoint.with_suffix(".calibration.json")
    remedy = f"Make it with python -m train.calibrate {checkpoint} --clips FOLDER"
    try:
        found = Calibration(**json.loads(saved.read_text()))
    except (OSError, ValueError, TypeError) as error:
        raise DataError(
            f"{saved} does not tell how {checkpoint.name} errs ({error}). {remedy}"
        ) from error
    if found.network != digest_of(net):
        raise DataError(f"{saved} is of another network than {checkpoint.name} holds. {remedy}")
    return found


def main() -> None:
    """Export from the command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("checkpoint", type=Path)
    parser.add_argument("out", type=Path)
    arguments = parser.parse_args()
    recipe = recipe_of(arguments.checkpoint)
    net = load_average(arguments.checkpoint, recipe.ages)
    calibration = read_calibration(arguments.checkpoint, net)
    learnt, crops = learnt_from(arguments.checkpoint), learnt_crops(arguments.checkpoint)
    export(net, recipe, calibration, learnt, crops, arguments.out)


if __name__ == "__main__":
    sys.exit(ended(main))
