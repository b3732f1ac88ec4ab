#!/usr/bin/env bash
# Builds pycuda where there is no GPU: against the stand-in instead of the driver's libcuda.
# usage: install_pycuda.sh PYTHON    with the CUDA toolkit in CUDA_ROOT (/usr/local/cuda unless set)
set -euo pipefail

python=$(realpath --no-symlinks "$1")
standin=$(dirname "$(realpath "$0")")
export CUDA_ROOT=${CUDA_ROOT:-/usr/local/cuda}
export PATH=$CUDA_ROOT/bin:$PATH
[ -f "$CUDA_ROOT/include/cuda.h" ] || { echo "no CUDA toolkit in CUDA_ROOT=$CUDA_ROOT" >&2; exit 1; }

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
gcc -shared -fPIC -D_GNU_SOURCE -I"$CUDA_ROOT/include" -Wl,-soname,libcuda.so.1 \
  -o "$work/libcuda.so" "$standin/libcuda.c" -ldl -lpthread
cd "$work"
"$python" -m pip download --no-deps --no-binary pycuda pycuda
tar xf pycuda-*.tar.gz && cd pycuda-*/
"$python" configure.py --no-cuda-enable-curand --cuda-root="$CUDA_ROOT" --cudadrv-lib-dir="$work"
# The stand-in lacks entries that pycuda names; the tests' fixture adds refusals for them.
CFLAGS=-O0 CXXFLAGS=-O0 LDFLAGS=-Wl,--no-as-needed "$python" -m pip install .
