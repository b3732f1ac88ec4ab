"""Bio-inspired features: Gabor filters of many sizes and turns, pooled by maximum and deviation.

    g(x, y) = exp(-(X^2 + gamma^2 Y^2) / (2 sigma^2)) cos(2 pi X / lambda) gamma / (2 sigma^2)
    X = x cos t + y sin t,  Y = y cos t - x sin t,   12 turns t, 16 sizes in 8 bands
    of the two sizes of a band the maximum; of each cell the standard deviation

Source: Guo, Mu, Fu, Huang, "Human age estimation using bio-inspired features", CVPR 2009; sizes,
widths and cells are those of OpenCV's contributed face module.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import fft

from engine.values.age import Floats
from engine.values.frame import Image
from train.methods.classic.grey import grey_faces
from train.methods.classic.remember import remembered
from train.methods.classic.shallow import Describe
from train.methods.method import Samples

SIDE_PX = 60
TURNS = 12
SIGMAS = (
    *((2.0, 2.8), (3.6, 4.5), (5.4, 6.3), (7.3, 8.2)),
    *((9.2, 10.2), (11.3, 12.3), (13.4, 14.6), (15.8, 17.0)),
)
WAVELENGTHS = (
    *((2.5, 3.5), (4.6, 5.6), (6.8, 7.9), (9.1, 10.3)),
    *((11.5, 12.7), (14.1, 15.4), (16.8, 18.2), (19.7, 21.2)),
)
_GAMMA = 0.3
_BATCH = 8


@dataclass(frozen=True, slots=True)
class BioInspired:
    """The descriptor."""

    def __call__(self, train: Samples, seed: int) -> Describe:  # noqa: ARG002 nothing is learnt
        """A function to (N, 13188) features."""
        return lambda samples: remembered(samples.crops, _describe)


def _describe(crops: Image) -> Floats:
    faces = grey_faces(crops, SIDE_PX)
    parts = [features(faces[i : i + _BATCH]) for i in range(0, len(faces), _BATCH)]
    return np.concatenate(parts)


def gabor(size: int, sigma: float, wavelength: float, turn: float) -> Floats:
    """(size, size) filter."""
    axis = np.arange(size) - size // 2
    y, x = np.meshgrid(axis, axis, indexing="ij")
    along, across = x * np.cos(turn) + y * np.sin(turn), y * np.cos(turn) - x * np.sin(turn)
    envelope = np.exp(-(along**2 + (_GAMMA * across) ** 2) / (2 * sigma**2))
    wave = np.cos(2 * np.pi * along / wavelength)
    return np.asarray(envelope * wave * _GAMMA / (2 * sigma**2), np.float32)


def features(faces: Floats) -> Floats:
    """(N, S, S) grey faces to (N, D) features."""
    found = []
    for band, (sigmas, wavelengths) in enumerate(zip(SIGMAS, WAVELENGTHS, strict=True)):
        sizes = 5 + 4 * band, 7 + 4 * band
        bank = [
            np.stack([gabor(size, sigma, wave, np.pi * r / TURNS) for r in range(TURNS)])
            for size, sigma, wave in zip(sizes, sigmas, wavelengths, strict=True)
        ]
        strongest = np.maximum(*(filtered(faces, filters) for filters in bank))
        found.append(cell_deviations(strongest, 6 + 2 * band).reshape(len(faces), -1))
    return np.concatenate(found, 1)


def filtered(faces: Floats, filters: Floats) -> Floats:
    """(N, S, S) faces and (R, k, k) filters to (N, R, S, S) correlations; edges are mirrored."""
    side, reach = faces.shape[1], filters.shape[1] // 2
    wide = np.pad(faces, ((0, 0), (reach, reach), (reach, reach)), "symmetric")
    shape = [fft.next_fast_len(side + 2 * reach, real=True)] * 2
    spectra = fft.rfft2(filters, shape).conj()[None] * fft.rfft2(wide, shape)[:, None]
    return np.asarray(fft.irfft2(spectra, shape)[..., :side, :side], np.float32)


def cell_deviations(maps: Floats, cell: int) -> Floats:
    """Standard deviation in cells of `cell` px at half their distance, cut at the edge.

    Args:
        maps: (..., S, S).
        cell: Even.

    Returns:
        (..., C, C) where C = ceil(2 S / cell).
    """
    starts = np.arange(0, maps.shape[-1], cell // 2)
    ends = np.minimum(starts + cell, maps.shape[-1])
    count = (ends - starts)[:, None] * (ends - starts)[None]
    mean, square = (_cell_sums(values, starts, ends) / count for values in (maps, maps**2))
    return np.sqrt(np.maximum(square - mean**2, 0)).astype(np.float32)


def _cell_sums(maps: Floats, starts: NDArray[np.intp], ends: NDArray[np.intp]) -> np.ndarray:
    edge = [(0, 0)] * (maps.ndim - 2) + [(1, 0)] * 2
    total = np.pad(maps.astype(np.float64).cumsum(-1).cumsum(-2), edge)
    rows = total[..., ends, :] - total[..., starts, :]
    return rows[..., ends] - rows[..., starts]
