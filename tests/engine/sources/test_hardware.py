import pytest
from av.codec.hwaccel import hwdevices_available

from engine.sources.hardware import decoding_device


def test_the_cpu_is_no_device_and_no_news() -> None:
    assert decoding_device("none") == (None, "")


@pytest.mark.parametrize("wish", ["auto", "cuda", "vaapi"])
def test_a_device_is_found_or_its_absence_told(wish: str) -> None:
    device, notice = decoding_device(wish)
    if device is None:
        assert notice.startswith("The CPU decodes: no ")
        assert all(kind in notice for kind in hwdevices_available())
    else:
        assert notice == ""
        assert device.allow_software_fallback


@pytest.mark.gpu
def test_nvidia_decodes() -> None:
    device, notice = decoding_device("cuda")
    assert device is not None, notice
