"""Scattering transform: what wavelets answer, averaged, and what wavelets answer to that.

    S0 = x * phi,   S1 = |x * psi_1| * phi,   S2 = ||x * psi_1| * psi_2| * phi,   psi_2 coarser
    psi = Morlet wavelets at scales 2^j, j = 0..J-1, and turns pi r / L;  phi = Gaussian at 2^J

Stable against small shifts and bends. Source: Bruna and Mallat, "Invariant scattering convolution
networks", TPAMI 2013; for ages: Chang and Chen, "A learning framework for age rank estimation based
on face images with scattering transform", TIP 2015. The logarithm of all but S0 is taken.
"""

from dataclasses import dataclass
from functools import cache

import numpy as np
from scipy import fft

from engine.values.age import Floats
from engine.values.frame import Image
from train.methods.classic.grey import grey_faces
from train.methods.classic.remember import remembered
from train.methods.classic.shallow import Describe
from train.methods.method import Samples

SIDE_PX = 64
SCALES = 3
TURNS = 6
_BORDER_PX = 16
_BATCH = 8
_SMALL = 1e-2


@dataclass(frozen=True, slots=True)
class Scattering:
    """The descriptor."""

    def __call__(self, train: Samples, seed: int) -> Describe:  # noqa: ARG002 nothing is learnt
        """A function to (N, 8128) features: 127 paths of 8 x 8 places."""
        return lambda samples: remembered(samples.crops, _describe)


def _describe(crops: Image) -> Floats:
    faces = grey_faces(crops, SIDE_PX)
    parts = [scattered(faces[i : i + _BATCH]) for i in range(0, len(faces), _BATCH)]
    return np.concatenate(parts)


def scattered(faces: Floats) -> Floats:
    """(N, 64, 64) grey faces to (N, 8128) features."""
    edge = (_BORDER_PX, _BORDER_PX)
    wide = np.pad(faces, ((0, 0), edge, edge), "symmetric")
    phi, psis = wavelets(wide.shape[1])
    spectrum = fft.fft2(wide)
    paths = [_averaged(spectrum, phi)]
    for scale, turns in enumerate(psis):
        for psi in turns:
            first = _modulus_spectrum(spectrum, psi)
            paths.append(_logged(_averaged(first, phi)))
            coarser = [psi for turns in psis[scale + 1 :] for psi in turns]
            seconds = (_modulus_spectrum(first, psi) for psi in coarser)
            paths.extend(_logged(_averaged(second, phi)) for second in seconds)
    return np.stack(paths, 1).reshape(len(faces), -1)


def _modulus_spectrum(spectrum: np.ndarray, psi: np.ndarray) -> np.ndarray:
    return fft.fft2(np.abs(fft.ifft2(spectrum * psi)))


def _averaged(spectrum: np.ndarray, phi: np.ndarray) -> Floats:
    step, edge = 2**SCALES, _BORDER_PX + 2 ** (SCALES - 1)
    smooth = fft.ifft2(spectrum * phi).real
    return np.asarray(smooth[:, edge:-_BORDER_PX:step, edge:-_BORDER_PX:step], np.float32)


def _logged(average: Floats) -> Floats:
    return np.log(np.maximum(average, 0) + _SMALL)


@cache
def wavelets(side: int) -> tuple[np.ndarray, list[list[np.ndarray]]]:
    """Spectra (side, side) of the average and, by scale and turn, of the wavelets."""
    phi = _gaussian_spectrum(side, 0.8 * 2 ** (SCALES - 1), 0.0, 0.0, 1.0)
    psis = []
    for scale in range(SCALES):
        turns = [np.pi * turn / TURNS for turn in range(TURNS)]
        psis.append([_morlet_spectrum(side, scale, turn) for turn in turns])
    return phi, psis


def _morlet_spectrum(side: int, scale: int, turn: float) -> np.ndarray:
    sigma, frequency, slant = 0.8 * 2**scale, 0.75 * np.pi / 2**scale, 4 / TURNS
    wave = _gaussian_spectrum(side, sigma, frequency, turn, slant)
    envelope = _gaussian_spectrum(side, sigma, 0.0, turn, slant)
    return wave - wave[0, 0] / envelope[0, 0] * envelope  # a wavelet has mean 0


def _gaussian_spectrum(
    side: int, sigma: float, frequency: float, turn: float, slant: float
) -> np.ndarray:
    """Spectrum of a wave under a Gaussian of deviation `sigma` along it, `sigma / slant` across."""
    axis = 2 * np.pi * fft.fftfreq(side)
    total = np.zeros((side, side))
    for alias_y in (-2 * np.pi, 0, 2 * np.pi):
        for alias_x in (-2 * np.pi, 0, 2 * np.pi):
            y, x = np.meshgrid(axis + alias_y, axis + alias_x, indexing="ij")
            along = x * np.cos(turn) + y * np.sin(turn) - frequency
            across = (y * np.cos(turn) - x * np.sin(turn)) / slant
            total += np.exp(-0.5 * sigma**2 * (along**2 + across**2))
    return total
