"""Prints oracle.json: python3 vectors/metrics/make.py > vectors/metrics/oracle.json (SciPy; Debian's python3-scipy)."""
import json
import numpy
import scipy
from scipy import optimize, special, stats

shapes = [(0.5, 0.5), (0.5, 191.5), (3.5, 700.5), (7.5, 13.5), (100.5, 1400.5), (2500.5, 47500.5), (40, 3)]


def peak(loss, start):
    """The least of a smooth loss: by the simplex of Nelder and Mead to twelve digits."""
    found = optimize.minimize(loss, start, method="Nelder-Mead", options={"xatol": 1e-12, "fatol": 1e-14, "maxiter": 20000, "maxfev": 20000})
    return [float(x) for x in found.x]


gates = [(1, 300), (4, 420), (30, 510), (0, 250), (9, 900), (60, 700), (2, 1200), (12, 640), (5, 80), (18, 333)]


def beta_binomial(at):
    """Minus the log-likelihood of a prior, at logit of its mean and logarithm of its weight."""
    mean, weight = special.expit(at[0]), numpy.exp(at[1])
    a, b = weight * mean, weight * (1 - mean)
    return -sum(special.betaln(x + a, n - x + b) - special.betaln(a, b) for x, n in gates)


def prior():
    at = peak(beta_binomial, [-3, 4])
    mean, weight = special.expit(at[0]), numpy.exp(at[1])
    return [weight * mean, weight * (1 - mean)]


weeks = [(1, 60), (0, 60), (2, 61), (1, 60), (2, 58), (3, 60), (2, 60), (5, 62), (6, 60), (11, 60)]


def quadratic():
    """Logit on t and t squared, t from -1 to 1: the quadratic term and its standard error, by Newton's steps to the end."""
    t = numpy.linspace(-1, 1, len(weeks))
    rows = numpy.stack([numpy.ones_like(t), t, t * t], axis=1)
    x, n = numpy.array(weeks, dtype=float).T
    beta = numpy.zeros(3)
    for _ in range(200):
        p = special.expit(rows @ beta)
        information = rows.T @ (rows * (n * p * (1 - p))[:, None])
        beta = beta + numpy.linalg.solve(information, rows.T @ (x - n * p))
    return [float(beta[2]), float(numpy.sqrt(numpy.linalg.inv(information)[2, 2]))]


table = {
    "made": f"SciPy {scipy.__version__}",
    "logGamma": [[x, float(special.gammaln(x))] for x in (0.1, 0.5, 1.5, 7.25, 171.3, 12345.5)],
    "betaCdf": [[x, a, b, float(special.betainc(a, b, x))] for a, b in shapes for x in (0.001, 0.01, 0.05, 0.07, 0.5, 0.95)],
    "betaQuantile": [[p, a, b, float(special.betaincinv(a, b, p))] for a, b in shapes for p in (0.001, 0.025, 0.5, 0.95, 0.975)],
    "normalUpper": [[z, float(stats.norm.sf(z))] for z in (-3, -0.5, 0, 0.3, 1.96, 4, 11.297)],
    "chiSquareUpper": [[x, k, float(stats.chi2.sf(x, k))] for x, k in ((0.1, 1), (8.2249, 1), (8, 7), (40, 25), (200, 100))],
    "poissonUpper": [[k, m, float(stats.poisson.sf(k - 1, m))] for k, m in ((1, 0.1), (3, 1.5), (20, 10), (90, 100), (12, 2))],
    "binomialUpper": [[k, n, p, float(stats.binom.sf(k - 1, n, p))] for k, n, p in ((1, 10, 0.1), (7, 20, 0.05), (12, 40, 0.2), (600, 10000, 0.05))],
    "binomialTest": [[k, n, p, float(stats.binomtest(k, n, p).pvalue)] for k, n, p in ((682, 925, 0.75), (7, 20, 0.05), (0, 60, 0.02))],
    "fisherTest": [[a, m, b, n, float(stats.fisher_exact([[a, m - a], [b, n - b]])[1])] for a, m, b, n in ((8, 20, 2, 25), (1, 9, 11, 14), (3, 300, 12, 280))],
    "mannWhitneyUpper": [[5, *a, *b, float(stats.mannwhitneyu(a, b, alternative="greater", method="asymptotic").pvalue)] for a, b in (([5, 6, 7, 8, 9], [1, 2, 3, 4, 10]), ([5, 6, 7, 7, 9], [1, 2, 7, 4, 10, 7, 2]))],
    "betaBinomialPrior": [[*[number for gate in gates for number in gate], *prior()]],
    "binomialQuadratic": [[*[number for week in weeks for number in week], *quadratic()]],
}
print(json.dumps(table, indent=1))
