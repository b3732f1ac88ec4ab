from engine.sources.probe import ffmpeg_libraries, missing_decoders


def test_the_decoder_names_its_libraries_with_their_versions() -> None:
    major, *_ = ffmpeg_libraries()["libavcodec"].split(".")
    assert int(major) > 50


def test_this_build_reads_the_usual_formats() -> None:
    assert missing_decoders() == ()
