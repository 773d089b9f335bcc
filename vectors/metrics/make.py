"""Prints oracle.json: python3 vectors/metrics/make.py > vectors/metrics/oracle.json (SciPy; Debian's python3-scipy)."""
import json
import scipy
from scipy import special, stats

shapes = [(0.5, 0.5), (0.5, 191.5), (3.5, 700.5), (7.5, 13.5), (100.5, 1400.5), (2500.5, 47500.5), (40, 3)]
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
}
print(json.dumps(table, indent=1))
