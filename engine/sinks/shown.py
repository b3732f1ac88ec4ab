"""What is drawn over a picture, each thing by itself."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Shown:
    """What the overlay shows.

    Attributes:
        boxes: Where the faces are.
        ages: Median and interval.
        ids: Numbers of the tracks.
        curves: The age distributions.
        quality: How much each face can tell, 0..1.
        landmarks: Eyes, nose and mouth corners.
        trails: Where the faces have been lately.
        zones: Areas and lines, with how many people are in each.
        legend: What the colours mean, at the lower border where there is room.
    """

    boxes: bool = True
    ages: bool = True
    ids: bool = True
    curves: bool = True
    quality: bool = False
    landmarks: bool = False
    trails: bool = False
    zones: bool = True
    legend: bool = False
