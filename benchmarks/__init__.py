"""One file for each figure, peers beside it in the same run. See docs/benchmarks.md; `tools/bench` runs them."""
