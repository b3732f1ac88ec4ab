"""Lengths of the bio-inspired features are those of OpenCV's contributed module."""

from collections.abc import Callable

import numpy as np
import pytest

from train.methods.classic import bif
from train.methods.classic.binary_codes import BinaryCodes, differences, learn_map
from train.methods.classic.grey import grey_faces
from train.methods.classic.remember import remembered
from train.methods.classic.scattering import scattered, wavelets
from train.methods.method import LazyRows, Samples

RANDOM = np.random.default_rng(1)


@pytest.mark.parametrize(("side", "length"), [(60, 13_188), (64, 15_684)])
def test_bio_inspired_features_have_the_known_length(side: int, length: int) -> None:
    faces = RANDOM.normal(size=(1, side, side)).astype(np.float32)
    assert bif.features(faces).shape == (1, length)


def test_filtering_is_correlation_with_mirrored_edges() -> None:
    face = RANDOM.normal(size=(1, 20, 20)).astype(np.float32)
    filters = RANDOM.normal(size=(2, 5, 5)).astype(np.float32)
    wide = np.pad(face[0], 2, "symmetric")
    found = bif.filtered(face, filters)
    for turn in range(2):
        for y, x in ((0, 0), (7, 11), (19, 19)):
            expected = (wide[y : y + 5, x : x + 5] * filters[turn]).sum()
            assert found[0, turn, y, x] == pytest.approx(expected, rel=1e-3, abs=1e-4)


def test_sizes_and_wavelengths_are_those_of_the_known_features() -> None:
    sigmas = "2.0 2.8 3.6 4.5 5.4 6.3 7.3 8.2 9.2 10.2 11.3 12.3 13.4 14.6 15.8 17.0"
    wavelengths = "2.5 3.5 4.6 5.6 6.8 7.9 9.1 10.3 11.5 12.7 14.1 15.4 16.8 18.2 19.7 21.2"
    assert [sigma for band in bif.SIGMAS for sigma in band] == list(map(float, sigmas.split()))
    assert [wave for band in bif.WAVELENGTHS for wave in band] == list(
        map(float, wavelengths.split())
    )


def test_cells_give_their_standard_deviation() -> None:
    maps = RANDOM.normal(size=(2, 10, 10)).astype(np.float32)
    found = bif.cell_deviations(maps, 6)
    assert found.shape == (2, 4, 4)
    assert found[1, 0, 1] == pytest.approx(maps[1, 0:6, 3:9].std(), rel=1e-4)
    assert found[0, 3, 3] == pytest.approx(maps[0, 9:, 9:].std(), abs=1e-4)


def test_a_gabor_filter_answers_to_stripes_of_its_turn() -> None:
    x = np.arange(60)
    stripes = np.cos(2 * np.pi * x / 5.6)[None, None, :].repeat(60, 1).astype(np.float32)
    bank = np.stack([bif.gabor(11, 4.5, 5.6, np.pi * turn / 12) for turn in range(12)])
    answers = bif.filtered(stripes, bank).std((2, 3))[0]
    assert answers.argmax() == 0


def test_wavelets_have_no_mean_and_the_average_keeps_it() -> None:
    phi, psis = wavelets(96)
    assert phi[0, 0] == pytest.approx(1, abs=1e-6)
    assert max(abs(psi[0, 0]) for turns in psis for psi in turns) < 1e-9


@pytest.mark.parametrize("scale", range(3))
@pytest.mark.parametrize("turn", [0, 1, 4])
def test_a_wavelet_is_a_wave_in_space_under_a_bell_that_is_longer_across(
    scale: int, turn: int
) -> None:
    y, x = np.mgrid[-48:48, -48:48]
    along = x * np.cos(np.pi * turn / 6) + y * np.sin(np.pi * turn / 6)
    across = y * np.cos(np.pi * turn / 6) - x * np.sin(np.pi * turn / 6)
    bell = np.exp(-0.5 * (along**2 + (4 / 6 * across) ** 2) / (0.8 * 2**scale) ** 2)
    wave = bell * np.exp(1j * 0.75 * np.pi / 2**scale * along)
    wave = (wave - wave.sum() / bell.sum() * bell) / bell.sum()
    expected = np.fft.fft2(np.fft.ifftshift(wave))
    np.testing.assert_allclose(wavelets(96)[1][scale][turn], expected, atol=1e-4)


def test_scattering_hardly_changes_when_a_face_moves_by_a_pixel() -> None:
    y, x = np.mgrid[:66, :66] / 6
    face = (np.sin(x) * np.cos(1.3 * y))[None].astype(np.float32)
    here, moved = scattered(face[:, :64, :64]), scattered(face[:, 1:65, 1:65])
    assert here.shape == (1, 8128)
    assert np.abs(here - moved).mean() < 0.2 * np.abs(here - here.mean()).mean()


def test_a_second_wavelet_answers_to_the_first_and_is_coarser() -> None:
    face = RANDOM.normal(size=(64, 64)).astype(np.float32)
    phi, psis = wavelets(96)
    answer = np.pad(face, 16, "symmetric")
    for psi in (psis[0][0], psis[1][0]):
        answer = np.abs(np.fft.ifft2(np.fft.fft2(answer) * psi))
    expected = np.fft.ifft2(np.fft.fft2(answer) * phi).real[20:80:8, 20:80:8]
    found = scattered(face[None]).reshape(127, 8, 8)  # S0, then S1 and its twelve S2, and so on
    np.testing.assert_allclose(found[2], np.log(expected + 0.01), atol=1e-4)


def test_differences_are_to_the_neighbours_of_each_pixel_of_a_region() -> None:
    faces = RANDOM.normal(size=(2, 64, 64)).astype(np.float32)
    found = differences(faces, 1, 9)  # second row of regions, second column
    assert found.shape == (2, 64, 8)
    assert found[1, 8 + 2, 0] == pytest.approx(faces[1, 8, 9] - faces[1, 9, 10])
    assert found[1, 8 + 2, 7] == pytest.approx(faces[1, 10, 11] - faces[1, 9, 10])


def test_learnt_maps_have_orthonormal_columns() -> None:
    patches = RANDOM.normal(size=(30, 16, 8)).astype(np.float32)
    years = RANDOM.integers(0, 70, 30).astype(np.float32)
    w = learn_map(patches, years, 4, np.random.default_rng(1))
    np.testing.assert_allclose(w.T @ w, np.eye(4), atol=1e-9)


def test_codes_follow_differences_that_tell_the_age() -> None:
    """Two directions vary alike, one with the age, one with the person: a bit takes the first."""
    years = RANDOM.integers(0, 70, 300).astype(np.float32)
    patches = 0.1 * RANDOM.normal(size=(300, 4, 6)).astype(np.float32)
    patches[:, :, 0] += (years[:, None] - 35) / 20
    patches[:, :, 3] += RANDOM.normal(size=(300, 4))
    w = learn_map(patches, years, 1, np.random.default_rng(1))
    assert abs(w[0, 0]) > abs(w[3, 0])


def test_every_pixel_of_every_region_has_one_code(
    made_samples: Callable[[int], Samples],
) -> None:
    samples = made_samples(12)
    found = BinaryCodes(radii=(1,), bits=3)(samples, 1)(samples)
    assert found.shape == (12, 64 * 8)
    np.testing.assert_allclose((found**2).sum(1), 64 * 64, rtol=1e-5)


def test_what_is_known_is_not_described_again() -> None:
    asked: list[int] = []

    def describe(crops: np.ndarray) -> np.ndarray:
        asked.append(len(crops))
        return crops.reshape(len(crops), -1)[:, :2].astype(np.float32)

    crops = RANDOM.integers(0, 256, (6, 8, 8, 3), dtype=np.uint8)
    first = remembered(LazyRows(crops, np.arange(4)), describe)
    second = remembered(LazyRows(crops, np.array([3, 5, 0])), describe)
    assert asked == [4, 1]
    np.testing.assert_array_equal(second[[0, 2]], first[[3, 0]])
    np.testing.assert_array_equal(second[1], crops[5].ravel()[:2])


def test_grey_faces_have_no_light_of_their_own() -> None:
    crops = RANDOM.integers(0, 256, (3, 32, 32, 3), dtype=np.uint8)
    crops[1] = crops[1] // 4 + 100
    faces = grey_faces(crops, 16)
    np.testing.assert_allclose(faces.mean((1, 2)), 0, atol=1e-5)
    np.testing.assert_allclose(faces.std((1, 2)), 1, atol=0.05)
