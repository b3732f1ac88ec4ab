"""What is known of one person's age after many looks. Knows no pictures.

A frame's estimate errs in two ways: by a bias b that stays with person, camera and light and never
averages out, and by noise w that changes from frame to frame but slowly, so that neighbours repeat
each other (autocorrelation rho). The filter follows u = y + b, the apparent age, whose spread
shrinks with every independent look, and puts the bias back when the age y is asked for:

    pool(u) = exp( sum_t v_t log p_t(u) / sum_t v_t )        weighted geometric mean of the frames
    v_t     = w_t g_t (c_t + c_t+1) / 2                      quality, news, what the moment adds
    g_t     = KL(p_t || prior) = sum p_t log(p_t / prior)    what the frame tells, in nats
    c_t     = (1 - rho) / (1 + rho)                          rho over the interval before frame t
    var(y)  = var(pool) * ( beta + (1 - beta + x) / N )      floor of bias + what noise is left
    beta    = s_b^2 / (s_b^2 + s_w^2)                        share of the error that is bias
    x       = 2 max(0, s^2 / var(pool) - (1 - beta))         noise beyond that, by the scatter s
    N       = w_max + mean(c_t) (sum_t w_t - w_max)          independent looks

w_t is the quality. g_t is there because of what the model answers where a face is too small, dark
or blurred to tell anything: it falls back on the prior, and a mean over frames would drag all who
are seen badly most of the time to the age of most people. On made-up scenes in bad conditions g_t
takes the error of tracks from 6.77 to 6.39 years (16 scenes with faces of UTKFace, on which it was
chosen), from 6.00 to 5.79 (4 with All-Age-Faces) and from 7.94 to 6.75 (4 with FG-NET); the entropy
of p_t in its place does less, and harm on All-Age-Faces.

N is the information of T equally good looks at an AR(1) process: 1 after the first, whose answer
comes out as the model gave it; frames that repeat the last one add nothing. It counts by w_t alone.
The weights (c_t + c_t+1) / 2 are those of the best linear unbiased mean of such a process, row sums
of its inverse covariance: a second looked at in thirty frames must not outweigh a second looked at
in three. The first and the last frame have one interval only, which counts for both sides (the
exact weights would favour them for being at the ends), so that of frames at equal intervals the
order does not matter. Below one look the prior fills in, with weight 1 - N.

s_w is the noise of people in good light. s is how far the frames' mean ages scatter about their
mean (weights w_t g_t); what that is more counts twice, as the noise of bad conditions repeats
itself for longer: focus hunts, light comes and goes, for 14 to 19 frames of made-up scenes where
rho makes it 7.

The belief is the pool drawn together about its median until it has var(y). For normal distributions
this is the tempered likelihood pool^(N / (1 - beta)) convolved with a bias of variance
beta var(pool). The model's distributions are skewed, though, and a power of a skewed distribution
runs to its mode: seen, 27 years for a face whose every frame had a mean of 31.

An identity switch shows as a run of frames that the belief explains worse than the prior does: a
cumulative sum (CUSUM) of that log ratio starts the belief afresh from the frames of the run.

Source: the static-age filter (tempered likelihood, bias floor, reset). Departs, besides the above,
in scaling s_b and s_w with the model's own width: a child's age is known to a year or two, and a
floor of several years, right for adults, would spoil it.
"""

from dataclasses import dataclass, replace

import numpy as np

from engine.models.model import ModelSpec
from engine.settings import BeliefSettings
from engine.values.age import AgeDistribution, Doubles, Floats
from engine.values.result import AgeBelief, Status

_FLOOR = 1e-8
"""Smallest probability in a frame: one frame alone can never rule an age out."""
_SAME = 1e-5
"""Largest difference of probabilities between two looks at the very same pixels."""
_SETTLED_YEARS = 0.5
_SETTLED_S = 1.0
_HELD_YEARS, _HELD_SHARE = 0.5, 0.05
"""A stable belief is said unchanged until its median or interval has moved by so many years and by
this share of the interval: an age that trembles about 18, by a week where it is known well or by a
year where it is hardly known, must not be under and over it in turn."""
_LEAST_TOLD = 0.01
"""Nats that a frame counts for if it tells nothing: its answer is the prior."""
_SLOWER = 2.0
"""How much longer the noise beyond that of the error model repeats itself."""
_LEAST_NEWS = 1e-6
"""Share of a frame that is counted even if it comes at the same moment as the last."""
_LEAST_EVIDENCE = 0.15
"""Effective frames below which nothing is said."""


@dataclass(frozen=True, slots=True, eq=False)
class ErrorModel:
    """How a frame's estimate errs; read from the model file.

    Attributes:
        bias_years: s_b, standard deviation of the error that stays.
        noise_years: s_w, standard deviation of the error that changes.
        rho: Autocorrelation of the noise at `interval_s`.
        interval_s: The frame interval rho was measured at.
        prior: (A,) age distribution of a person not looked at yet.
    """

    bias_years: float
    noise_years: float
    rho: float
    interval_s: float
    prior: Floats

    @classmethod
    def read(cls, spec: ModelSpec) -> "ErrorModel":
        """The error model in a model's metadata.

        Raises:
            ModelError: It is missing.
        """
        facts = spec.fact("error_model")
        prior = np.asarray(spec.fact("prior"), np.float32)
        return cls(
            facts["bias_years"],
            facts["noise_years"],
            facts["rho"],
            facts["interval_s"],
            prior / prior.sum(),
        )

    @property
    def bias_share(self) -> float:
        """beta, in 0..1."""
        return self.bias_years**2 / (self.bias_years**2 + self.noise_years**2)

    def news(self, gap_s: float) -> float:
        """What a frame adds that comes `gap_s` after another: (1 - rho) / (1 + rho), 0..1."""
        rho = self.rho ** (max(gap_s, 0.0) / self.interval_s)
        return max((1 - rho) / (1 + rho), _LEAST_NEWS)


@dataclass(frozen=True, slots=True, eq=False)
class _Look:
    """One frame: log of its distribution, quality w, what it tells g, and its mean age."""

    log_probs: Doubles
    quality: float
    told: float
    years: float

    @property
    def evidence(self) -> float:
        return self.quality * self.told


@dataclass(slots=True, eq=False)
class _Pool:
    """Sums over frames, and the newest frame, whose weight the next one settles."""

    log_sum: Doubles
    mass: float = 0.0
    weight: float = 0.0
    best: float = 0.0
    news: float = 0.0
    gaps: int = 0
    estimates: int = 0
    evidence: float = 0.0
    years: float = 0.0
    squares: float = 0.0
    newest: "_Newest | None" = None

    def add(self, look: _Look, news: float | None) -> None:
        self.weight += look.quality
        self.best = max(self.best, look.quality)
        self.estimates += 1
        self.evidence += look.evidence
        self.years += look.evidence * look.years
        self.squares += look.evidence * look.years**2
        if news is not None:
            self.news += news
            self.gaps += 1
            if self.newest is not None:
                self._weigh(self.newest.log_probs, self.newest.correction(news))
        self.newest = _Newest(look.log_probs, look.evidence, news)
        self._weigh(look.log_probs, look.evidence * (1.0 if news is None else news))

    def mean_log(self) -> Doubles:
        """(A,) log of the weighted geometric mean, up to a constant; of at least one frame."""
        return self.log_sum / self.mass

    def scatter(self) -> float:
        """Variance of the frames' mean ages about their own mean, in years^2."""
        return max(0.0, self.squares / self.evidence - (self.years / self.evidence) ** 2)

    def _weigh(self, log_probs: Doubles, mass: float) -> None:
        self.log_sum += mass * log_probs
        self.mass += mass

    def fade(self, factor: float) -> None:
        self.log_sum *= factor
        self.mass *= factor
        self.weight *= factor
        self.best *= factor
        self.evidence *= factor
        self.years *= factor
        self.squares *= factor
        if self.newest is not None:
            self.newest = replace(self.newest, weight=self.newest.weight * factor)

    def looks(self) -> float:
        """N, the number of independent looks."""
        return self.looks_with(0.0, None)

    def looks_with(self, weight: float, news: float | None) -> float:
        """What N would be with one more frame."""
        total, best = self.weight + weight, max(self.best, weight)
        gaps = self.gaps + (news is not None)
        mean_news = (self.news + (news or 0.0)) / gaps if gaps else 0.0
        return best + mean_news * (total - best)


@dataclass(frozen=True, slots=True, eq=False)
class _Newest:
    """The frame taken in last: its weight w g (as faded), and c of the interval before it."""

    log_probs: Doubles
    weight: float
    news: float | None

    def correction(self, news: float) -> float:
        """What its mass lacks once c of the interval after it is known."""
        if self.news is None:  # the first frame, taken in with the mass w
            return self.weight * (news - 1)
        return self.weight * (news - self.news) / 2


class BeliefFilter:
    """The belief about one track."""

    def __init__(self, ages: Floats, errors: ErrorModel, settings: BeliefSettings) -> None:
        """Start knowing nothing.

        Args:
            ages: (A,) age axis in years.
            errors: How the model errs.
            settings: Forgetting, resets and when to call a belief stable.
        """
        self._ages = ages
        self._errors = errors
        self._log_prior = np.log(errors.prior.astype(np.float64) + _FLOOR)
        self._settings = settings
        self._all = self._empty()
        self._run = self._empty()
        self._doubt = 0.0
        self._last: Floats | None = None
        self._last_s = self._estimated_s = 0.0
        self._settled = _Settling()
        self._belief = self._conclude()
        self._surest = self._said = self._belief
        self._held: AgeDistribution | None = None

    def update(self, probs: Floats, weight: float, time_s: float) -> AgeBelief:
        """Take in one frame.

        Args:
            probs: (A,) calibrated distribution from this frame alone.
            weight: Quality, 0..1.
            time_s: Media second of the frame, never falling.

        Returns:
            The belief now, see `now`.
        """
        self._estimated_s = time_s
        if self._last is not None and np.abs(probs - self._last).max() < _SAME:
            return self._said  # the same pixels again tell nothing new
        gap_s = time_s - self._last_s if self._last is not None else None
        self._last, self._last_s = probs.copy(), time_s
        log_probs = np.log(probs.astype(np.float64) + _FLOOR)
        news = None if gap_s is None else self._errors.news(gap_s)
        if gap_s is not None and self._settings.forget_s:
            self._all.fade(float(np.exp(-gap_s / self._settings.forget_s)))
        told = max(float(probs @ (log_probs - self._log_prior)), _LEAST_TOLD)
        look = _Look(log_probs, weight, told, float(probs @ self._ages))
        self._doubt_identity(probs, look, news)
        self._all.add(look, news)
        self._belief = self._conclude(time_s)
        self._said = self._hold(self._belief)
        return self._said

    def now(self) -> AgeBelief:
        """The belief as it stands; a stable one that has hardly moved as it was said before."""
        return self._said

    def looks(self) -> float:
        """N, the independent looks that the belief rests on."""
        return self._all.looks()

    def looks_after(self, weight: float, time_s: float) -> float:
        """What N would be after one more frame of this quality at this media second."""
        return self._all.looks_with(weight, self._errors.news(self.since_s(time_s)))

    def since_s(self, time_s: float) -> float:
        """Seconds since the last estimate, be it of the same pixels again; infinite before any."""
        return time_s - self._estimated_s if self._last is not None else np.inf

    def final(self) -> AgeBelief:
        """The belief for the books: of all people the track was taken for, the one seen best.

        A face that is lost behind another for the last frames of a visit must not take a minute's
        belief with it.
        """
        return max(self._surest, self._belief, key=lambda belief: belief.effective_frames)

    def _hold(self, belief: AgeBelief) -> AgeBelief:
        if belief.status is not Status.STABLE:
            return belief
        if self._held is None or _has_moved(self._held, belief.distribution):
            self._held = belief.distribution
        return replace(belief, distribution=self._held)

    def _doubt_identity(self, probs: Floats, look: _Look, news: float | None) -> None:
        if not self._settings.reset or news is None:
            return
        explained = float(probs @ self._belief.distribution.probs)
        by_chance = float(probs @ self._errors.prior)
        ratio = (by_chance + _FLOOR) / (explained + _FLOOR)
        self._doubt += look.quality * news * float(np.log(ratio))
        if self._doubt <= 0:
            self._doubt, self._run = 0.0, self._empty()
        elif self._doubt > -np.log(self._settings.reset):
            self._surest = self.final()
            self._all, self._run, self._doubt = self._run, self._empty(), 0.0
            self._settled, self._held = _Settling(), None
        else:
            self._run.add(look, news if self._run.estimates else None)

    def _variance(self, probs: Doubles) -> float:
        mean = probs @ self._ages
        return float(probs @ (self._ages - mean) ** 2)

    def _empty(self) -> _Pool:
        return _Pool(np.zeros(len(self._ages)))

    def _conclude(self, time_s: float = 0.0) -> AgeBelief:
        pool, looks = self._all, self._all.looks()
        if pool.weight <= 0 or looks < _LEAST_EVIDENCE:
            distribution = AgeDistribution(self._ages, self._errors.prior)
            return AgeBelief(distribution, pool.estimates, looks, Status.INSUFFICIENT)
        share = min(1.0, looks)
        pooled = _normalised(share * pool.mean_log() + (1 - share) * self._log_prior)
        beta = self._errors.bias_share
        more = max(0.0, pool.scatter() / self._variance(pooled) - (1 - beta))
        kept = beta + (1 - beta + _SLOWER * more) / max(1.0, looks)
        probs = _scaled(pooled, float(np.sqrt(kept)))
        distribution = AgeDistribution(self._ages, probs.astype(np.float32))
        settled = self._settled(distribution, time_s)
        stable = looks >= self._settings.stable_frames and settled
        status = Status.STABLE if stable else Status.PROVISIONAL
        return AgeBelief(distribution, pool.estimates, looks, status)


class _Settling:
    """Whether the 90 % interval has moved by less than half a year within the last second."""

    def __init__(self) -> None:
        self._since_s: float | None = None
        self._at: tuple[float, float] = (0.0, 0.0)
        self._settled = False

    def __call__(self, distribution: AgeDistribution, time_s: float) -> bool:
        if self._since_s is not None and time_s - self._since_s < _SETTLED_S:
            return self._settled
        low, high = (float(end) for end in distribution.interval(0.9))
        if self._since_s is not None:
            moved = max(abs(low - self._at[0]), abs(high - self._at[1]))
            # Once settled it takes a larger move to unsettle: a status must not flicker.
            self._settled = moved < _SETTLED_YEARS * (2 if self._settled else 1)
        self._since_s, self._at = time_s, (low, high)
        return self._settled


def _has_moved(before: AgeDistribution, now: AgeDistribution) -> bool:
    """Whether the median or an end of the 90 % interval has moved by enough to be said."""
    shares = (0.05, 0.5, 0.95)
    held = before.quantiles(shares)
    enough = max(_HELD_YEARS, _HELD_SHARE * float(held[-1] - held[0]))
    return bool(np.abs(now.quantiles(shares) - held).max() >= enough)


def _normalised(log_probs: Doubles) -> Doubles:
    probs = np.exp(log_probs - log_probs.max())
    return probs / probs.sum()


def _scaled(probs: Doubles, factor: float) -> Doubles:
    """Scale a distribution about its median; mass that would leave the axis stays at its end."""
    edges = np.arange(len(probs) + 1, dtype=np.float64)
    below = np.concatenate([[0.0], np.cumsum(probs)])
    below /= below[-1]
    median = np.interp(0.5, below, edges)
    scaled = np.interp(median + (edges - median) / factor, edges, below)
    scaled[0], scaled[-1] = 0.0, 1.0
    return np.diff(scaled)
