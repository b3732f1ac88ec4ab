<?xml version='1.0' encoding='utf-8'?>
<TS version="2.1" language="de" sourcelanguage="en">
  <context>
    <name>settings</name>
    <message>
      <source>The look of the window</source>
      <translation>Aussehen des Fensters</translation>
    </message>
    <message>
      <source>Blur faces</source>
      <translation>Gesichter unkenntlich</translation>
    </message>
    <message>
      <source>Make all faces unrecognisable in the window itself; every frame is then looked at, so that recordings may play more slowly</source>
      <translation>Alle Gesichter im Fenster selbst unkenntlich machen; dann wird jedes Bild angesehen, sodass Aufzeichnungen langsamer laufen können</translation>
    </message>
    <message>
      <source>Language</source>
      <translation>Sprache</translation>
    </message>
    <message>
      <source>Language of the window; takes effect with its next start</source>
      <translation>Sprache des Fensters; gilt ab dem nächsten Start</translation>
    </message>
    <message>
      <source>system</source>
      <translation>wie das System</translation>
    </message>
    <message>
      <source>en</source>
      <translation>Englisch</translation>
    </message>
    <message>
      <source>de</source>
      <translation>Deutsch</translation>
    </message>
    <message>
      <source>Theme</source>
      <translation>Farbschema</translation>
    </message>
    <message>
      <source>Light, dark, or as the desktop is</source>
      <translation>Hell, dunkel oder wie die Arbeitsfläche</translation>
    </message>
    <message>
      <source>light</source>
      <translation>hell</translation>
    </message>
    <message>
      <source>dark</source>
      <translation>dunkel</translation>
    </message>
    <message>
      <source>High contrast</source>
      <translation>Hoher Kontrast</translation>
    </message>
    <message>
      <source>Black and white with strong borders, for eyes that need it</source>
      <translation>Schwarz und Weiß mit kräftigen Rändern, für Augen, die es brauchen</translation>
    </message>
    <message>
      <source>Recordings and snapshots</source>
      <translation>Aufnahmen und Schnappschüsse</translation>
    </message>
    <message>
      <source>Folder</source>
      <translation>Ordner</translation>
    </message>
    <message>
      <source>Where they are written; empty for the user's folder of videos</source>
      <translation>Wohin sie geschrieben werden; leer für den Videoordner</translation>
    </message>
    <message>
      <source>Blur</source>
      <translation>Unkenntlich machen</translation>
    </message>
    <message>
      <source>Make all faces unrecognisable in them</source>
      <translation>Alle Gesichter darin unkenntlich machen</translation>
    </message>
    <message>
      <source>Keep</source>
      <translation>Aufheben</translation>
    </message>
    <message>
      <source>Older ones in the folder are deleted when a new one begins; 0 keeps all</source>
      <translation>Ältere im Ordner werden gelöscht, wenn eine neue beginnt; 0 behält alle</translation>
    </message>
    <message>
      <source>days</source>
      <translation>Tage</translation>
    </message>
    <message>
      <source>Finding faces</source>
      <translation>Gesichter finden</translation>
    </message>
    <message>
      <source>Detector</source>
      <translation>Detektor</translation>
    </message>
    <message>
      <source>yunet finds near and far faces; mediapipe only near ones, faster</source>
      <translation>yunet findet nahe und ferne Gesichter; mediapipe nur nahe, schneller</translation>
    </message>
    <message>
      <source>yunet</source>
      <translation>yunet</translation>
    </message>
    <message>
      <source>mediapipe</source>
      <translation>mediapipe</translation>
    </message>
    <message>
      <source>Smallest face</source>
      <translation>Kleinstes Gesicht</translation>
    </message>
    <message>
      <source>Smallest face to find, in the full picture; larger is faster</source>
      <translation>Kleinstes Gesicht im vollen Bild; größer ist schneller</translation>
    </message>
    <message>
      <source>px</source>
      <translation>px</translation>
    </message>
    <message>
      <source>Longest</source>
      <translation>Längste Seite</translation>
    </message>
    <message>
      <source>Longest side of the picture the detector looks at; 0 for no bound</source>
      <translation>Längste Seite des Bildes, das der Detektor ansieht; 0 für keine Grenze</translation>
    </message>
    <message>
      <source>Score</source>
      <translation>Punktzahl</translation>
    </message>
    <message>
      <source>Score from which a face may start a track</source>
      <translation>Punktzahl, ab der ein Gesicht eine Spur beginnen darf</translation>
    </message>
    <message>
      <source>Low score</source>
      <translation>Niedrige Punktzahl</translation>
    </message>
    <message>
      <source>Score from which a face may continue a track</source>
      <translation>Punktzahl, ab der ein Gesicht eine Spur fortsetzen darf</translation>
    </message>
    <message>
      <source>Following faces</source>
      <translation>Gesichter verfolgen</translation>
    </message>
    <message>
      <source>Lost</source>
      <translation>Verloren</translation>
    </message>
    <message>
      <source>How long a face may be gone and come back as the same track</source>
      <translation>Wie lange ein Gesicht fort sein und als dieselbe Spur wiederkommen darf</translation>
    </message>
    <message>
      <source>s</source>
      <translation>s</translation>
    </message>
    <message>
      <source>Reentry</source>
      <translation>Wiederkehr</translation>
    </message>
    <message>
      <source>Compare faces (in memory only) when one comes back elsewhere</source>
      <translation>Gesichter vergleichen (nur im Speicher), wenn eines anderswo wiederkommt</translation>
    </message>
    <message>
      <source>Spending attention</source>
      <translation>Aufmerksamkeit</translation>
    </message>
    <message>
      <source>Effort</source>
      <translation>Aufwand</translation>
    </message>
    <message>
      <source>exhaustive looks at every face of every frame; balanced and fast only where it tells something new</source>
      <translation>gründlich sieht jedes Gesicht in jedem Bild an; ausgewogen und schnell nur, wo es Neues sagt</translation>
    </message>
    <message>
      <source>exhaustive</source>
      <translation>gründlich</translation>
    </message>
    <message>
      <source>balanced</source>
      <translation>ausgewogen</translation>
    </message>
    <message>
      <source>fast</source>
      <translation>schnell</translation>
    </message>
    <message>
      <source>Estimating ages</source>
      <translation>Alter schätzen</translation>
    </message>
    <message>
      <source>Smallest quality</source>
      <translation>Kleinste Qualität</translation>
    </message>
    <message>
      <source>Faces of lower quality are tracked but not estimated</source>
      <translation>Gesichter geringerer Qualität werden verfolgt, aber nicht geschätzt</translation>
    </message>
    <message>
      <source>Batch</source>
      <translation>Stapel</translation>
    </message>
    <message>
      <source>Most faces estimated in one call of the model</source>
      <translation>Höchstzahl der Gesichter in einem Aufruf des Modells</translation>
    </message>
    <message>
      <source>Fusing estimates over a track</source>
      <translation>Schätzungen einer Spur vereinen</translation>
    </message>
    <message>
      <source>Forget</source>
      <translation>Vergessen</translation>
    </message>
    <message>
      <source>Time after which old estimates count 1/e; 0 keeps all (a person does not age)</source>
      <translation>Zeit, nach der alte Schätzungen 1/e zählen; 0 behält alle (niemand altert dabei)</translation>
    </message>
    <message>
      <source>Reset</source>
      <translation>Neubeginn</translation>
    </message>
    <message>
      <source>Odds at which a track is taken for another person; 0 for never</source>
      <translation>Chancen, ab denen eine Spur für eine andere Person gilt; 0 für nie</translation>
    </message>
    <message>
      <source>Stable frames</source>
      <translation>Bilder bis stabil</translation>
    </message>
    <message>
      <source>Effective frames from which a belief can be stable</source>
      <translation>Wirksame Bilder, ab denen eine Schätzung stabil sein kann</translation>
    </message>
    <message>
      <source>Running the models</source>
      <translation>Modelle ausführen</translation>
    </message>
    <message>
      <source>Name</source>
      <translation>Name</translation>
    </message>
    <message>
      <source>What runs the models; auto takes what doctor measured fastest here</source>
      <translation>Womit die Modelle laufen; auto nimmt, was doctor hier am schnellsten maß</translation>
    </message>
    <message>
      <source>auto</source>
      <translation>auto</translation>
    </message>
    <message>
      <source>onnxruntime</source>
      <translation>onnxruntime</translation>
    </message>
    <message>
      <source>openvino</source>
      <translation>openvino</translation>
    </message>
    <message>
      <source>tensorrt</source>
      <translation>tensorrt</translation>
    </message>
    <message>
      <source>Require gpu</source>
      <translation>GPU verlangen</translation>
    </message>
    <message>
      <source>Fail where the models would not run on a GPU, instead of being slow</source>
      <translation>Scheitern, wo die Modelle nicht auf einer GPU liefen, statt langsam zu sein</translation>
    </message>
    <message>
      <source>Threads</source>
      <translation>Threads</translation>
    </message>
    <message>
      <source>Threads of one model call; 0 for all cores up to 4</source>
      <translation>Threads eines Modellaufrufs; 0 für alle Kerne bis 4</translation>
    </message>
    <message>
      <source>Cuda</source>
      <translation>CUDA</translation>
    </message>
    <message>
      <source>TensorRT: what binds CUDA; pycuda has no CUDA graphs</source>
      <translation>TensorRT: was CUDA anbindet; pycuda hat keine CUDA-Graphen</translation>
    </message>
    <message>
      <source>cuda-bindings</source>
      <translation>cuda-bindings</translation>
    </message>
    <message>
      <source>pycuda</source>
      <translation>pycuda</translation>
    </message>
    <message>
      <source>Cuda graphs</source>
      <translation>CUDA-Graphen</translation>
    </message>
    <message>
      <source>TensorRT: record each batch size once and replay it; less work a call</source>
      <translation>TensorRT: jede Stapelgröße einmal aufzeichnen und wiederholen; weniger Arbeit je Aufruf</translation>
    </message>
    <message>
      <source>Workspace</source>
      <translation>Arbeitsspeicher</translation>
    </message>
    <message>
      <source>TensorRT: most GPU memory that one kernel may use for itself</source>
      <translation>TensorRT: höchster GPU-Speicher, den ein Kernel für sich nutzen darf</translation>
    </message>
    <message>
      <source>MiB</source>
      <translation>MiB</translation>
    </message>
    <message>
      <source>Hardware compatible</source>
      <translation>Für viele GPUs</translation>
    </message>
    <message>
      <source>TensorRT: engines for any GPU from Ampere on; somewhat slower</source>
      <translation>TensorRT: Engines für jede GPU ab Ampere; etwas langsamer</translation>
    </message>
    <message>
      <source>Engine folder</source>
      <translation>Engine-Ordner</translation>
    </message>
    <message>
      <source>TensorRT: where built engines are kept; empty for the user's cache folder</source>
      <translation>TensorRT: wo gebaute Engines liegen; leer für den Cache-Ordner</translation>
    </message>
    <message>
      <source>Keeping what unattended cameras saw</source>
      <translation>Aufheben, was unbeaufsichtigte Kameras sahen</translation>
    </message>
    <message>
      <source>Rows older than this are forgotten; 0 keeps all</source>
      <translation>Ältere Zeilen werden vergessen; 0 behält alle</translation>
    </message>
    <message>
      <source>Most</source>
      <translation>Höchstgröße</translation>
    </message>
    <message>
      <source>Size of the store from which the oldest rows are forgotten; 0 for any</source>
      <translation>Größe des Speichers, ab der die ältesten Zeilen vergessen werden; 0 für beliebig</translation>
    </message>
    <message>
      <source>MB</source>
      <translation>MB</translation>
    </message>
    <message>
      <source>Min free</source>
      <translation>Mindestens frei</translation>
    </message>
    <message>
      <source>Nothing is written while less than this is free on the disk</source>
      <translation>Nichts wird geschrieben, solange weniger auf der Platte frei ist</translation>
    </message>
    <message>
      <source>Reading live sources</source>
      <translation>Lebende Quellen lesen</translation>
    </message>
    <message>
      <source>Hwaccel</source>
      <translation>Hardware-Dekodierung</translation>
    </message>
    <message>
      <source>What decodes video: the CPU (none), a device, or the first that works (auto)</source>
      <translation>Was Video dekodiert: die CPU (keine), ein Gerät oder das erste, das geht (auto)</translation>
    </message>
    <message>
      <source>cuda</source>
      <translation>cuda</translation>
    </message>
    <message>
      <source>vaapi</source>
      <translation>vaapi</translation>
    </message>
    <message>
      <source>none</source>
      <translation>keine</translation>
    </message>
    <message>
      <source>Speaking to people before a screen</source>
      <translation>Menschen vor einem Bildschirm ansprechen</translation>
    </message>
    <message>
      <source>Near</source>
      <translation>Nähe</translation>
    </message>
    <message>
      <source>Size of a face from which somebody is near, in shorter sides of the picture</source>
      <translation>Größe eines Gesichts, ab der jemand nahe ist, in kürzeren Bildseiten</translation>
    </message>
    <message>
      <source>Most visitors spoken to at a time, the nearest first</source>
      <translation>Höchstzahl der zugleich Angesprochenen, die nächsten zuerst</translation>
    </message>
    <message>
      <source>Deciding whether somebody is over an age</source>
      <translation>Entscheiden, ob jemand über einem Alter ist</translation>
    </message>
    <message>
      <source>Age</source>
      <translation>Alter</translation>
    </message>
    <message>
      <source>Age that is asked about</source>
      <translation>Alter, nach dem gefragt wird</translation>
    </message>
    <message>
      <source>years</source>
      <translation>Jahre</translation>
    </message>
    <message>
      <source>Challenge</source>
      <translation>Nachfrage</translation>
    </message>
    <message>
      <source>Who is over, but looks younger than this, is asked by a person; 0 for none</source>
      <translation>Wer alt genug ist, aber jünger aussieht, wird von einem Menschen gefragt; 0 für keines</translation>
    </message>
    <message>
      <source>Wrongly over</source>
      <translation>Fälschlich älter</translation>
    </message>
    <message>
      <source>Probability up to which somebody under the age may be taken for over it</source>
      <translation>Wahrscheinlichkeit, bis zu der Jüngere für älter gehalten werden dürfen</translation>
    </message>
    <message>
      <source>Wrongly under</source>
      <translation>Fälschlich jünger</translation>
    </message>
    <message>
      <source>Probability up to which somebody over the age may be taken for under it</source>
      <translation>Wahrscheinlichkeit, bis zu der Ältere für jünger gehalten werden dürfen</translation>
    </message>
    <message>
      <source>Least looks</source>
      <translation>Mindestens Blicke</translation>
    </message>
    <message>
      <source>Effective frames without which nothing is decided</source>
      <translation>Wirksame Bilder, ohne die nichts entschieden wird</translation>
    </message>
    <message>
      <source>Hold</source>
      <translation>Halten</translation>
    </message>
    <message>
      <source>How long a decision has to hold before it is shown</source>
      <translation>Wie lange eine Entscheidung gelten muss, bevor sie gezeigt wird</translation>
    </message>
    <message>
      <source>Patience</source>
      <translation>Geduld</translation>
    </message>
    <message>
      <source>Time without a decision after which a person is asked</source>
      <translation>Zeit ohne Entscheidung, nach der ein Mensch gefragt wird</translation>
    </message>
    <message>
      <source>Hiding faces, where that is asked for</source>
      <translation>Gesichter verbergen, wo es verlangt ist</translation>
    </message>
    <message>
      <source>Blur style</source>
      <translation>Art der Unkenntlichkeit</translation>
    </message>
    <message>
      <source>What hides faces: a mosaic, one grey, or a soft blur</source>
      <translation>Was Gesichter verbirgt: ein Mosaik, ein Grau oder weiche Unschärfe</translation>
    </message>
    <message>
      <source>pixelate</source>
      <translation>Mosaik</translation>
    </message>
    <message>
      <source>solid</source>
      <translation>Grau</translation>
    </message>
    <message>
      <source>gaussian</source>
      <translation>weich</translation>
    </message>
    <message>
      <source>Blur larger</source>
      <translation>Größe des Verborgenen</translation>
    </message>
    <message>
      <source>Size of what is hidden, in sizes of the face: hair, ears and chin too</source>
      <translation>Größe des Verborgenen in Gesichtsgrößen: auch Haare, Ohren und Kinn</translation>
    </message>
    <message>
      <source>Blur hold</source>
      <translation>Nachhalten</translation>
    </message>
    <message>
      <source>How long a face that was lost stays hidden where it was last seen</source>
      <translation>Wie lange ein verlorenes Gesicht verborgen bleibt, wo es zuletzt war</translation>
    </message>
    <message>
      <source>the challenge age must be {age} or more, or 0 for none</source>
      <translation>das Alter der Nachfrage muss {age} oder mehr sein, oder 0 für keines</translation>
    </message>
  </context>
</TS>