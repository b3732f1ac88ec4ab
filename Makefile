# `make demo` and `make test` do all the set-up themselves on a fresh Debian or Ubuntu.
# PYTHON=python3.12 chooses the Python of .venv; pip's own settings and PIP_… variables hold.

SHELL := /bin/bash
BIN := .venv/bin
INSTALL := $(BIN)/python -m pip install --disable-pip-version-check -c constraints.txt

export PYTHON

# Where pip does not run any more, what the stamps tell is gone. Before make looks at them.
$(shell $(BIN)/python -m pip --version >/dev/null 2>&1 || rm -f .venv/.*-stamp)

.PHONY: help demo test test-cluster test-mediapipe test-pycuda lint slow soak audit bench model half translations clean prepare-demo prepare-test

help: ## list these targets
	@sed -n 's/^\([a-z-]*\):.*## /make \1	/p' $(MAKEFILE_LIST) | expand -t 14

demo: .venv/.demo-stamp ## set up what is missing, then show the program on a clip of its own
	$(BIN)/python main.py demo

test: .venv/.test-stamp ## set up what is missing, then run every check of a commit
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	QT_QPA_PLATFORM=offscreen $(BIN)/python -m pytest --ignore tests/app/window --ignore tests/engine/models
	$(BIN)/python -m pytest -m slow tests/drills/test_soak.py # three minutes of failing cameras
	$(BIN)/python -m pytest tests/engine/models # a process of its own for each set of native runtimes
	QT_QPA_PLATFORM=offscreen $(BIN)/python -m pytest tests/app/window

lint: .venv/.test-stamp ## format and mend what ruff can, then check types and imports
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .
	$(BIN)/mypy
	$(BIN)/lint-imports

slow: .venv/.test-stamp ## run the tests that take more than a minute
	QT_QPA_PLATFORM=offscreen $(BIN)/python -m pytest -m slow

soak: .venv/.test-stamp ## an hour of failing cameras: memory, threads and files must not grow
	SOAK_S=3600 QT_QPA_PLATFORM=offscreen $(BIN)/python -m pytest -m slow -s tests/drills/test_soak.py

test-cluster: .venv-cluster/.stamp ## test analysis on a local Ray cluster, in an environment of its own
	QT_QPA_PLATFORM=offscreen .venv-cluster/bin/python -m pytest tests/engine/archive/test_cluster.py

test-mediapipe: .venv-mediapipe/.stamp ## test the second detector, in an environment of its own
	QT_QPA_PLATFORM=offscreen .venv-mediapipe/bin/python -m pytest tests/engine/stages/test_detect_mediapipe.py

test-pycuda: .venv-pycuda/.stamp ## test the second CUDA binding; needs a CUDA toolkit, no GPU: CUDA_ROOT= its folder
	QT_QPA_PLATFORM=offscreen .venv-pycuda/bin/python -m pytest tests/engine/models/cuda \
	  tests/engine/models/tensorrt/test_model.py

audit: .venv-audit/bin/pip-audit ## look all dependencies up among known security holes; needs the network
	.venv-audit/bin/pip-audit --strict --no-deps --disable-pip --requirement constraints.txt

bench: .venv/.demo-stamp ## measure frames a second on this machine
	$(BIN)/python main.py bench

LATE := train/recipes/amr_mobilenet_late.py
model: .venv/.train-stamp ## train, calibrate and export the age model: DATA= CLIPS= FACE= folders and file
	for name in utkface aaf; do groups=$(DATA)/$${name}_groups.csv; \
	  $(BIN)/python -m train.data.crops $$name $(DATA)/$$name.zip \
	  $$(test -f $$groups && echo --groups $$groups) || exit 1; done
	$(BIN)/python -m train.fit train/recipes/amr_mobilenet.py --face-weights $(FACE)
	$(BIN)/python -m train.mix runs/amr_mobilenet.pt --face-weights $(FACE)
	$(BIN)/python -m train.fit $(LATE)
	$(BIN)/python -m train.mix runs/amr_mobilenet_late.pt --share 0.75
	$(BIN)/python -m train.branch runs/amr_mobilenet_late_mixed.pt
	$(BIN)/python -m train.calibrate runs/amr_mobilenet_late_mixed_branch.pt --clips $(CLIPS)
	$(BIN)/python -m train.export runs/amr_mobilenet_late_mixed_branch.pt assets/models/age.onnx
	$(MAKE) half

half: .venv/.train-stamp ## derive the FP16 twins and the checksums from the FP32 models
	$(BIN)/python -m train.half assets/models/age.onnx assets/models/yunet.onnx
	cd assets/models && sha256sum *.onnx *.tflite > SHA256SUMS

translations: .venv/.test-stamp ## look for new texts of the window; write their German into assets/translations
	$(BIN)/pylupdate6 --no-obsolete --ts assets/translations/de.ts app/window

clean: ## remove everything that make made, .venv too
	rm -rf .venv .venv-audit .venv-cluster .venv-mediapipe .venv-pycuda build *.egg-info .*_cache .hypothesis
	find app engine train tests -name __pycache__ -prune -exec rm -rf {} +

# The stamps make the second time quick; the system is looked at every time, it costs nothing.
.venv/.demo-stamp: pyproject.toml constraints.txt | prepare-demo
	$(INSTALL) -e '.[gui,demo]'
	touch $@

.venv/.test-stamp: pyproject.toml constraints.txt | prepare-test
	$(INSTALL) -e '.[gui,demo,openvino,parquet,train,test]'
	touch $@

.venv-cluster/.stamp: pyproject.toml constraints.txt | prepare-test
	.venv/bin/python -m venv .venv-cluster
	.venv-cluster/bin/python -m pip install --disable-pip-version-check -c constraints.txt \
	  -e '.[gui,demo,test,cluster]'
	touch $@

.venv-mediapipe/.stamp: pyproject.toml constraints.txt | prepare-test
	.venv/bin/python -m venv .venv-mediapipe
	.venv-mediapipe/bin/python -m pip install --disable-pip-version-check -c constraints.txt \
	  -e '.[gui,demo,test,mediapipe]'
	touch $@

.venv-pycuda/.stamp: pyproject.toml constraints.txt | prepare-test
	.venv/bin/python -m venv .venv-pycuda
	.venv-pycuda/bin/python -m pip install --disable-pip-version-check -c constraints.txt \
	  -e '.[gui,demo,test]' onnx
	tests/engine/models/cuda/standin/install_pycuda.sh .venv-pycuda/bin/python
	touch $@

.venv-audit/bin/pip-audit: | prepare-demo
	.venv/bin/python -m venv .venv-audit
	.venv-audit/bin/python -m pip install --disable-pip-version-check pip-audit

.venv/.train-stamp: pyproject.toml constraints.txt | prepare-demo
	$(INSTALL) -e '.[train]'
	touch $@

prepare-demo prepare-test: prepare-%:
	@.ci/prepare $*
