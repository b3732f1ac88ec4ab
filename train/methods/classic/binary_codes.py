"""Cost-sensitive local binary features: codes of pixel neighbourhoods that are learnt for ages.

    v = differences of a pixel to its (2R+1)^2 - 1 neighbours,   b = [W^T v > 0],   W^T W = I
    min  -tr(W^T S W) + l1 |B - 1/2 - W^T V|^2 / N + l2 |W^T V 1|^2 / N^2 + l3 tr(W^T M W)
    S = V V^T / N,   M = mean_mn c_mn (v_m - v_n)(v_m - v_n)^T,   c_mn = exp(-gap / s) - mean

Codes vary much (S), lie near their signs (l1), are balanced (l2), and are alike at one place of
faces of like age and unlike otherwise (l3). Each of 8 x 8 regions learns a W and counts its codes.
Several radii together are CS-LBMFL.

Source: Lu, Liong, Zhou, "Cost-sensitive local binary feature learning for facial age estimation",
TIP 2015. Only its abstract was at hand: the objective is that of the same group's compact binary
face descriptor with costs. Departs in counting the 2^K short codes themselves, without a codebook.
"""

from dataclasses import dataclass

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from engine.values.age import Doubles, Floats
from train.methods.classic.grey import grey_faces
from train.methods.classic.shallow import Describe
from train.methods.method import Samples

SIDE_PX = 64
REGIONS = 8
_PAIRS = 4000
_PATCHES = 4000
_ROUNDS = 8
_TOGETHER_YEARS = 5.0
_L1, _L2, _L3 = 0.1, 1.0, 1.0


@dataclass(frozen=True, slots=True)
class BinaryCodes:
    """The descriptor.

    Attributes:
        radii: R of each set of codes, px.
        bits: K, length of a code.
    """

    radii: tuple[int, ...] = (3,)
    bits: int = 8

    def __call__(self, train: Samples, seed: int) -> Describe:
        """Learn the codes of every region; a function to (N, 64 * radii * 2^bits) counts."""
        random = np.random.default_rng(seed)
        faces = grey_faces(train.crops[:], SIDE_PX)
        maps: dict[tuple[int, int], Doubles] = {}
        for radius in self.radii:
            for region in range(REGIONS**2):
                patches = differences(faces, radius, region)
                maps[radius, region] = learn_map(patches, train.years, self.bits, random)
        return lambda samples: _counts(samples, maps, self.bits)


def differences(faces: Floats, radius: int, region: int) -> Floats:
    """(N, 64, 64) faces to (N, P, D) differences of the region's P pixels to their neighbours."""
    side = SIDE_PX // REGIONS
    top, left = (side * place for place in divmod(region, REGIONS))
    wide = np.pad(faces, ((0, 0), (radius, radius), (radius, radius)), "edge")
    part = wide[:, top : top + side + 2 * radius, left : left + side + 2 * radius]
    window = 2 * radius + 1
    windows = sliding_window_view(part, (window, window), (1, 2)).reshape(len(faces), side**2, -1)
    middle = windows.shape[2] // 2
    return np.delete(windows - windows[:, :, middle : middle + 1], middle, 2)


def learn_map(patches: Floats, years: Floats, bits: int, random: np.random.Generator) -> Doubles:
    """W (D, bits) of one region with orthonormal columns.

    Args:
        patches: (N, P, D) differences.
        years: (N,) ages.
        bits: K.
        random: Draws the patches and pairs that are looked at.
    """
    faces, places, _ = patches.shape
    picked = random.integers(0, [[faces], [places]], (2, _PATCHES))
    v = patches[picked[0], picked[1]].astype(np.float64)
    scatter = v.T @ v / len(v)
    mean = v.mean(0)
    fixed = (1 - _L1) * scatter - _L2 * np.outer(mean, mean) - _L3 * _cost(patches, years, random)
    w = np.linalg.eigh(fixed)[1][:, -bits:]
    for _ in range(_ROUNDS):
        codes = (v @ w > 0) - 0.5
        # The minimum over orthonormal W of a linearised objective is the polar factor.
        u, _, vt = np.linalg.svd(fixed @ w + _L1 * v.T @ codes / len(v), full_matrices=False)
        w = u @ vt
    return w


def _cost(patches: Floats, years: Floats, random: np.random.Generator) -> Doubles:
    first, second = random.integers(0, len(years), (2, _PAIRS))
    place = random.integers(0, patches.shape[1], _PAIRS)
    apart = (patches[first, place] - patches[second, place]).astype(np.float64)
    likeness = np.exp(-np.abs(years[first] - years[second]) / _TOGETHER_YEARS)
    return (apart.T * (likeness - likeness.mean())) @ apart / _PAIRS


def _counts(samples: Samples, maps: dict[tuple[int, int], Doubles], bits: int) -> Floats:
    faces = grey_faces(samples.crops[:], SIDE_PX)
    powers = 2 ** np.arange(bits)
    counts = []
    for (radius, region), w in maps.items():
        codes = (differences(faces, radius, region) @ w.astype(np.float32) > 0) @ powers
        at = codes + 2**bits * np.arange(len(faces))[:, None]
        total = np.bincount(at.ravel(), minlength=len(faces) * 2**bits)
        counts.append(np.sqrt(total.reshape(len(faces), -1)).astype(np.float32))
    return np.concatenate(counts, 1)
