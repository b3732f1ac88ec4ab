<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE TS>
<TS version="2.1" language="de" sourcelanguage="en">
<context>
    <name>About</name>
    <message>
        <location filename="../../app/window/about.py" line="24" />
        <source>About agescope</source>
        <translation>Über agescope</translation>
    </message>
    <message>
        <location filename="../../app/window/about.py" line="29" />
        <source>Free software under the GNU General Public License, version 3 or any later one (GPL-3.0-or-later), without any warranty.</source>
        <translation>Freie Software unter der GNU General Public License, Version 3 oder einer späteren (GPL-3.0-or-later), ohne jede Gewährleistung.</translation>
    </message>
    <message>
        <location filename="../../app/window/about.py" line="33" />
        <source>&lt;b&gt;The age model is for research and other non-commercial purposes only&lt;/b&gt;, by the terms of the photographs it has learnt from.</source>
        <translation>&lt;b&gt;Das Altersmodell darf nur für Forschung und andere nicht kommerzielle Zwecke verwendet werden&lt;/b&gt;; so verlangen es die Bedingungen der Fotos, aus denen es gelernt hat.</translation>
    </message>
    <message>
        <location filename="../../app/window/about.py" line="37" />
        <source>Licence:</source>
        <translation>Lizenz:</translation>
    </message>
    <message>
        <location filename="../../app/window/about.py" line="38" />
        <source>Terms and notices of the models:</source>
        <translation>Bedingungen und Hinweise der Modelle:</translation>
    </message>
    <message>
        <location filename="../../app/window/about.py" line="46" />
        <source>Close</source>
        <translation>Schließen</translation>
    </message>
</context><context>
    <name>AgesChart</name>
    <message>
        <location filename="../../app/window/panels/bars.py" line="25" />
        <source>Age (years)</source>
        <translation>Alter (Jahre)</translation>
    </message>
    <message>
        <location filename="../../app/window/panels/bars.py" line="25" />
        <source>People (expected)</source>
        <translation>Personen (erwartet)</translation>
    </message>
    <message>
        <location filename="../../app/window/panels/bars.py" line="28" />
        <source>Ages</source>
        <translation>Alter</translation>
    </message>
    <message>
        <location filename="../../app/window/panels/bars.py" line="42" />
        <source>{:.1f} people</source>
        <translation>{:.1f} Personen</translation>
    </message>
</context><context>
    <name>AudiencePage</name>
    <message>
        <location filename="../../app/window/audience_page.py" line="36" />
        <source>Now</source>
        <translation>Jetzt</translation>
    </message>
    <message>
        <location filename="../../app/window/audience_page.py" line="37" />
        <source>Last hour</source>
        <translation>Letzte Stunde</translation>
    </message>
    <message>
        <location filename="../../app/window/audience_page.py" line="38" />
        <source>Last 24 hours</source>
        <translation>Letzte 24 Stunden</translation>
    </message>
    <message>
        <location filename="../../app/window/audience_page.py" line="42" />
        <source>Time</source>
        <translation>Zeit</translation>
    </message>
    <message>
        <location filename="../../app/window/audience_page.py" line="43" />
        <source>Everywhere</source>
        <translation>Überall</translation>
    </message>
    <message>
        <location filename="../../app/window/audience_page.py" line="44" />
        <source>Place</source>
        <translation>Ort</translation>
    </message>
    <message>
        <location filename="../../app/window/audience_page.py" line="50" />
        <source>Audience</source>
        <translation>Publikum</translation>
    </message>
    <message>
        <location filename="../../app/window/audience_page.py" line="86" />
        <source>{} present, {} left before</source>
        <translation>{} anwesend, {} schon gegangen</translation>
    </message>
    <message>
        <location filename="../../app/window/audience_page.py" line="88" />
        <source>Nobody yet: visits are counted while sources run</source>
        <translation>Noch niemand: Besuche werden gezählt, solange Quellen laufen</translation>
    </message>
    <message>
        <location filename="../../app/window/audience_page.py" line="90" />
        <source>Ages · {}</source>
        <translation>Alter · {}</translation>
    </message>
</context><context>
    <name>BeliefCard</name>
    <message>
        <location filename="../../app/window/kiosk/belief_card.py" line="81" />
        <source>Hello!</source>
        <translation>Hallo!</translation>
    </message>
    <message>
        <location filename="../../app/window/kiosk/belief_card.py" line="81" />
        <source>Let me have a look</source>
        <translation>Lassen Sie mich schauen</translation>
    </message>
    <message>
        <location filename="../../app/window/kiosk/belief_card.py" line="83" />
        <source>most likely {}</source>
        <translation>am ehesten {}</translation>
    </message>
    <message>
        <location filename="../../app/window/kiosk/belief_card.py" line="85" />
        <source>{}, still looking</source>
        <translation>{}, ich schaue noch</translation>
    </message>
    <message>
        <location filename="../../app/window/kiosk/belief_card.py" line="86" />
        <source>You look about</source>
        <translation>Sie sehen aus wie etwa</translation>
    </message>
</context><context>
    <name>CameraDialog</name>
    <message>
        <location filename="../../app/window/settings/camera_dialog.py" line="42" />
        <source>Change a camera</source>
        <translation>Kamera ändern</translation>
    </message>
    <message>
        <location filename="../../app/window/settings/camera_dialog.py" line="42" />
        <source>Add a camera</source>
        <translation>Kamera hinzufügen</translation>
    </message>
    <message>
        <location filename="../../app/window/settings/camera_dialog.py" line="61" />
        <source>no bound</source>
        <translation>keine Grenze</translation>
    </message>
    <message>
        <location filename="../../app/window/settings/camera_dialog.py" line="63" />
        <source>Address, camera number, or file</source>
        <translation>Adresse, Kameranummer oder Datei</translation>
    </message>
    <message>
        <location filename="../../app/window/settings/camera_dialog.py" line="68" />
        <source>${NAME} is taken from the environment, ${keyring:SERVICE/USER} from the keyring: a password need not stand in the file.</source>
        <translation>${NAME} kommt aus der Umgebung, ${keyring:DIENST/NUTZER} aus dem Schlüsselbund: Ein Passwort muss nicht in der Datei stehen.</translation>
    </message>
    <message>
        <location filename="../../app/window/settings/camera_dialog.py" line="75" />
        <source>Test</source>
        <translation>Prüfen</translation>
    </message>
    <message>
        <location filename="../../app/window/settings/camera_dialog.py" line="77" />
        <source>Name</source>
        <translation>Name</translation>
    </message>
    <message>
        <location filename="../../app/window/settings/camera_dialog.py" line="78" />
        <source>Source</source>
        <translation>Quelle</translation>
    </message>
    <message>
        <location filename="../../app/window/settings/camera_dialog.py" line="82" />
        <source>Enabled</source>
        <translation>Eingeschaltet</translation>
    </message>
    <message>
        <location filename="../../app/window/settings/camera_dialog.py" line="83" />
        <source>Transport</source>
        <translation>Transport</translation>
    </message>
    <message>
        <location filename="../../app/window/settings/camera_dialog.py" line="84" />
        <source>Effort</source>
        <translation>Aufwand</translation>
    </message>
    <message>
        <location filename="../../app/window/settings/camera_dialog.py" line="85" />
        <source>Frames a second at most</source>
        <translation>Höchstens Bilder pro Sekunde</translation>
    </message>
    <message>
        <location filename="../../app/window/settings/camera_dialog.py" line="86" />
        <source>Priority</source>
        <translation>Vorrang</translation>
    </message>
</context><context>
    <name>CamerasTab</name>
    <message>
        <location filename="../../app/window/settings/cameras_tab.py" line="57" />
        <source>Cameras</source>
        <translation>Kameras</translation>
    </message>
    <message>
        <location filename="../../app/window/settings/cameras_tab.py" line="62" />
        <source>No camera yet. Add one.</source>
        <translation>Noch keine Kamera. Fügen Sie eine hinzu.</translation>
    </message>
    <message>
        <location filename="../../app/window/settings/cameras_tab.py" line="70" />
        <source>Add …</source>
        <translation>Hinzufügen …</translation>
    </message>
    <message>
        <location filename="../../app/window/settings/cameras_tab.py" line="71" />
        <source>Change …</source>
        <translation>Ändern …</translation>
    </message>
    <message>
        <location filename="../../app/window/settings/cameras_tab.py" line="72" />
        <source>Remove</source>
        <translation>Entfernen</translation>
    </message>
    <message>
        <location filename="../../app/window/settings/cameras_tab.py" line="73" />
        <source>Up</source>
        <translation>Nach oben</translation>
    </message>
    <message>
        <location filename="../../app/window/settings/cameras_tab.py" line="74" />
        <source>Down</source>
        <translation>Nach unten</translation>
    </message>
    <message>
        <location filename="../../app/window/settings/cameras_tab.py" line="75" />
        <source>Open these cameras</source>
        <translation>Diese Kameras öffnen</translation>
    </message>
    <message>
        <location filename="../../app/window/settings/cameras_tab.py" line="76" />
        <source>Choose another file …</source>
        <translation>Andere Datei wählen …</translation>
    </message>
    <message>
        <location filename="../../app/window/settings/cameras_tab.py" line="98" />
        <source>Cameras file: {}</source>
        <translation>Kameradatei: {}</translation>
    </message>
    <message>
        <location filename="../../app/window/settings/cameras_tab.py" line="110" />
        <source>off</source>
        <translation>aus</translation>
    </message>
    <message>
        <location filename="../../app/window/settings/cameras_tab.py" line="166" />
        <source>Saved. Cameras run as they are now when they are opened again.</source>
        <translation>Gespeichert. Kameras laufen so, sobald sie wieder geöffnet werden.</translation>
    </message>
    <message>
        <location filename="../../app/window/settings/cameras_tab.py" line="172" />
        <source>Not saved: {}</source>
        <translation>Nicht gespeichert: {}</translation>
    </message>
    <message>
        <location filename="../../app/window/settings/cameras_tab.py" line="183" />
        <source>Cameras file</source>
        <translation>Kameradatei</translation>
    </message>
</context><context>
    <name>Canvas</name>
    <message>
        <location filename="../../app/window/editor/canvas.py" line="85" />
        <source>Picture with zones</source>
        <translation>Bild mit Zonen</translation>
    </message>
    <message>
        <location filename="../../app/window/editor/canvas.py" line="130" />
        <source>Remove a corner</source>
        <translation>Ecke entfernen</translation>
    </message>
    <message>
        <location filename="../../app/window/editor/canvas.py" line="132" />
        <source>Remove {}</source>
        <translation>{} entfernen</translation>
    </message>
    <message>
        <location filename="../../app/window/editor/canvas.py" line="157" />
        <source>Draw {}</source>
        <translation>{} zeichnen</translation>
    </message>
    <message>
        <location filename="../../app/window/editor/canvas.py" line="192" />
        <source>Waiting for the first picture …</source>
        <translation>Auf das erste Bild wird gewartet …</translation>
    </message>
    <message>
        <location filename="../../app/window/editor/canvas.py" line="302" />
        <source>Move {}</source>
        <translation>{} verschieben</translation>
    </message>
    <message>
        <location filename="../../app/window/editor/canvas.py" line="328" />
        <source>Add a corner</source>
        <translation>Ecke hinzufügen</translation>
    </message>
</context><context>
    <name>Chart</name>
    <message>
        <location filename="../../app/window/panels/chart.py" line="83" />
        <source>Export: {}</source>
        <translation>Exportieren: {}</translation>
    </message>
    <message>
        <location filename="../../app/window/panels/chart.py" line="184" />
        <location filename="../../app/window/panels/chart.py" line="157" />
        <source>Export</source>
        <translation>Exportieren</translation>
    </message>
    <message>
        <location filename="../../app/window/panels/chart.py" line="169" />
        <source>Export as {}</source>
        <translation>Als {} exportieren</translation>
    </message>
    <message>
        <location filename="../../app/window/panels/chart.py" line="182" />
        <source>{} cannot be written: {}. Choose another folder.</source>
        <translation>{} kann nicht geschrieben werden: {}. Wählen Sie einen anderen Ordner.</translation>
    </message>
</context><context>
    <name>CourseChart</name>
    <message>
        <location filename="../../app/window/panels/course.py" line="25" />
        <source>Belief over time</source>
        <translation>Verlauf der Schätzung</translation>
    </message>
    <message>
        <location filename="../../app/window/panels/course.py" line="26" />
        <source>Age (years)</source>
        <translation>Alter (Jahre)</translation>
    </message>
    <message>
        <location filename="../../app/window/panels/course.py" line="27" />
        <source>Time in the source (s)</source>
        <translation>Zeit in der Quelle (s)</translation>
    </message>
    <message>
        <location filename="../../app/window/panels/course.py" line="27" />
        <source>Quality</source>
        <translation>Qualität</translation>
    </message>
    <message>
        <location filename="../../app/window/panels/course.py" line="42" />
        <source>median</source>
        <translation>Median</translation>
    </message>
    <message>
        <location filename="../../app/window/panels/course.py" line="43" />
        <source>50 %</source>
        <translation>50 %</translation>
    </message>
    <message>
        <location filename="../../app/window/panels/course.py" line="44" />
        <source>90 %</source>
        <translation>90 %</translation>
    </message>
    <message>
        <location filename="../../app/window/panels/course.py" line="45" />
        <source>single frames</source>
        <translation>Einzelbilder</translation>
    </message>
    <message>
        <location filename="../../app/window/panels/course.py" line="60" />
        <source>Belief over time · {}</source>
        <translation>Verlauf der Schätzung · {}</translation>
    </message>
    <message>
        <location filename="../../app/window/panels/course.py" line="73" />
        <source>{}: median {:.0f} years, 90 % between {:.0f} and {:.0f}</source>
        <translation>{}: Median {:.0f} Jahre, 90 % zwischen {:.0f} und {:.0f}</translation>
    </message>
</context><context>
    <name>CoursePanel</name>
    <message>
        <location filename="../../app/window/panels/course.py" line="100" />
        <source>Click a face, or a row of the table, to look at it closely.</source>
        <translation>Klicken Sie auf ein Gesicht oder eine Tabellenzeile, um es genauer anzusehen.</translation>
    </message>
</context><context>
    <name>DwellChart</name>
    <message>
        <location filename="../../app/window/panels/bars.py" line="93" />
        <source>Dwell</source>
        <translation>Verweildauer</translation>
    </message>
    <message>
        <location filename="../../app/window/panels/bars.py" line="94" />
        <source>Time in view (s)</source>
        <translation>Zeit im Bild (s)</translation>
    </message>
    <message>
        <location filename="../../app/window/panels/bars.py" line="94" />
        <source>Visits</source>
        <translation>Besuche</translation>
    </message>
    <message>
        <location filename="../../app/window/panels/bars.py" line="110" />
        <source>{:.0f} visits</source>
        <translation>{:.0f} Besuche</translation>
    </message>
</context><context>
    <name>Empty</name>
    <message>
        <location filename="../../app/window/empty.py" line="15" />
        <source>No source is open</source>
        <translation>Keine Quelle ist geöffnet</translation>
    </message>
    <message>
        <location filename="../../app/window/empty.py" line="20" />
        <source>Files, folders and links can also be dropped here.</source>
        <translation>Dateien, Ordner und Links können auch hierher gezogen werden.</translation>
    </message>
    <message>
        <location filename="../../app/window/empty.py" line="23" />
        <source>Choose a source</source>
        <translation>Eine Quelle wählen</translation>
    </message>
</context><context>
    <name>GreetPage</name>
    <message>
        <location filename="../../app/window/kiosk/greet_page.py" line="82" />
        <source>Hello, you two!</source>
        <translation>Hallo, ihr zwei!</translation>
    </message>
    <message>
        <location filename="../../app/window/kiosk/greet_page.py" line="83" />
        <source>Hello, you three!</source>
        <translation>Hallo, ihr drei!</translation>
    </message>
    <message>
        <location filename="../../app/window/kiosk/greet_page.py" line="84" />
        <source>Hello, you four!</source>
        <translation>Hallo, ihr vier!</translation>
    </message>
    <message>
        <location filename="../../app/window/kiosk/greet_page.py" line="86" />
        <source>Hello!</source>
        <translation>Hallo!</translation>
    </message>
</context><context>
    <name>HoursChart</name>
    <message>
        <location filename="../../app/window/panels/bars.py" line="51" />
        <source>Visits per hour</source>
        <translation>Besuche pro Stunde</translation>
    </message>
    <message>
        <location filename="../../app/window/panels/bars.py" line="52" />
        <source>Hour of the day</source>
        <translation>Stunde des Tages</translation>
    </message>
    <message>
        <location filename="../../app/window/panels/bars.py" line="52" />
        <source>Visits</source>
        <translation>Besuche</translation>
    </message>
    <message>
        <location filename="../../app/window/panels/bars.py" line="84" />
        <source>{:.0f} visits</source>
        <translation>{:.0f} Besuche</translation>
    </message>
</context><context>
    <name>KeyMap</name>
    <message>
        <location filename="../../app/window/key_map.py" line="19" />
        <source>Keys</source>
        <translation>Tasten</translation>
    </message>
    <message>
        <location filename="../../app/window/key_map.py" line="33" />
        <source>Close</source>
        <translation>Schließen</translation>
    </message>
</context><context>
    <name>KioskWindow</name>
    <message>
        <location filename="../../app/window/kiosk/window.py" line="66" />
        <source>This camera estimates ages. Nothing is stored or sent; no one is recognised.</source>
        <translation>Diese Kamera schätzt das Alter. Nichts wird gespeichert oder gesendet; niemand wird wiedererkannt.</translation>
    </message>
    <message>
        <location filename="../../app/window/kiosk/window.py" line="151" />
        <source>One moment</source>
        <translation>Einen Moment</translation>
    </message>
    <message>
        <location filename="../../app/window/kiosk/window.py" line="151" />
        <source>The camera wakes up.</source>
        <translation>Die Kamera wacht auf.</translation>
    </message>
    <message>
        <location filename="../../app/window/kiosk/window.py" line="153" />
        <source>Back in a moment</source>
        <translation>Gleich wieder da</translation>
    </message>
    <message>
        <location filename="../../app/window/kiosk/window.py" line="153" />
        <source>The camera is away. It is tried again.</source>
        <translation>Die Kamera ist nicht erreichbar. Es wird erneut versucht.</translation>
    </message>
    <message>
        <location filename="../../app/window/kiosk/window.py" line="158" />
        <source>How old do you look?</source>
        <translation>Wie alt sehen Sie aus?</translation>
    </message>
    <message>
        <location filename="../../app/window/kiosk/window.py" line="158" />
        <source>Step closer and look into the camera.</source>
        <translation>Treten Sie näher und schauen Sie in die Kamera.</translation>
    </message>
</context><context>
    <name>Legend</name>
    <message>
        <location filename="../../app/window/legend.py" line="20" />
        <source>Age bands: {}</source>
        <translation>Altersgruppen: {}</translation>
    </message>
</context><context>
    <name>LivePage</name>
    <message>
        <location filename="../../app/window/live_page.py" line="73" />
        <source>Present now</source>
        <translation>Jetzt anwesend</translation>
    </message>
    <message>
        <location filename="../../app/window/live_page.py" line="75" />
        <source>Belief over time</source>
        <translation>Verlauf der Schätzung</translation>
    </message>
    <message>
        <location filename="../../app/window/live_page.py" line="76" />
        <source>Ages now</source>
        <translation>Alter jetzt</translation>
    </message>
    <message>
        <location filename="../../app/window/live_page.py" line="77" />
        <source>System</source>
        <translation>System</translation>
    </message>
    <message>
        <location filename="../../app/window/live_page.py" line="97" />
        <source>Panels</source>
        <translation>Tafeln</translation>
    </message>
    <message>
        <location filename="../../app/window/live_page.py" line="163" />
        <source>Ages of {} people now</source>
        <translation>Alter von {} Personen jetzt</translation>
    </message>
</context><context>
    <name>LoadChart</name>
    <message>
        <location filename="../../app/window/panels/system.py" line="72" />
        <source>Seconds ago (s)</source>
        <translation>Vor Sekunden (s)</translation>
    </message>
    <message>
        <location filename="../../app/window/panels/system.py" line="72" />
        <source>Cores</source>
        <translation>Kerne</translation>
    </message>
    <message>
        <location filename="../../app/window/panels/system.py" line="75" />
        <source>Processor and memory</source>
        <translation>Prozessor und Speicher</translation>
    </message>
    <message>
        <location filename="../../app/window/panels/system.py" line="88" />
        <source>Processor and memory · {:.1f} cores, {:.0f} MB</source>
        <translation>Prozessor und Speicher · {:.1f} Kerne, {:.0f} MB</translation>
    </message>
    <message>
        <location filename="../../app/window/panels/system.py" line="92" />
        <source>GPU {:.0f} %, {:.0f} MB</source>
        <translation>GPU {:.0f} %, {:.0f} MB</translation>
    </message>
</context><context>
    <name>MainWindow</name>
    <message>
        <location filename="../../app/window/main_window.py" line="226" />
        <source>Open videos or pictures</source>
        <translation>Videos oder Bilder öffnen</translation>
    </message>
    <message>
        <location filename="../../app/window/main_window.py" line="232" />
        <source>Open a folder of pictures or videos</source>
        <translation>Ordner mit Bildern oder Videos öffnen</translation>
    </message>
    <message>
        <location filename="../../app/window/main_window.py" line="277" />
        <source>Export who is present</source>
        <translation>Anwesende exportieren</translation>
    </message>
    <message>
        <location filename="../../app/window/main_window.py" line="291" />
        <source>{} cannot be written: {}. Choose another folder.</source>
        <translation>{} kann nicht geschrieben werden: {}. Wählen Sie einen anderen Ordner.</translation>
    </message>
    <message>
        <location filename="../../app/window/main_window.py" line="294" />
        <source>Written: {}</source>
        <translation>Geschrieben: {}</translation>
    </message>
    <message>
        <location filename="../../app/window/main_window.py" line="303" />
        <source>Copied. The report holds no address and no path.</source>
        <translation>Kopiert. Der Bericht enthält weder Adressen noch Pfade.</translation>
    </message>
</context><context>
    <name>Mirror</name>
    <message>
        <location filename="../../app/window/kiosk/mirror.py" line="25" />
        <source>Mirror picture of the camera</source>
        <translation>Spiegelbild der Kamera</translation>
    </message>
</context><context>
    <name>ModelsTab</name>
    <message>
        <location filename="../../app/window/settings/models_tab.py" line="75" />
        <source>Build TensorRT engines</source>
        <translation>TensorRT-Engines bauen</translation>
    </message>
    <message>
        <location filename="../../app/window/settings/models_tab.py" line="77" />
        <source>Engine progress</source>
        <translation>Fortschritt des Baus</translation>
    </message>
    <message>
        <location filename="../../app/window/settings/models_tab.py" line="83" />
        <source>Model card</source>
        <translation>Modellkarte</translation>
    </message>
    <message>
        <location filename="../../app/window/settings/models_tab.py" line="90" />
        <source>Engines are built once for the GPU of this machine; that takes minutes.</source>
        <translation>Engines werden einmal für die GPU dieses Rechners gebaut; das dauert Minuten.</translation>
    </message>
    <message>
        <location filename="../../app/window/settings/models_tab.py" line="103" />
        <source>Age model</source>
        <translation>Altersmodell</translation>
    </message>
    <message>
        <location filename="../../app/window/settings/models_tab.py" line="103" />
        <source>Face detector</source>
        <translation>Gesichtsdetektor</translation>
    </message>
    <message>
        <location filename="../../app/window/settings/models_tab.py" line="104" />
        <source>{:.1f} MB</source>
        <translation>{:.1f} MB</translation>
    </message>
    <message>
        <location filename="../../app/window/settings/models_tab.py" line="112" />
        <source>They are still loading.</source>
        <translation>Sie werden noch geladen.</translation>
    </message>
    <message>
        <location filename="../../app/window/settings/models_tab.py" line="113" />
        <source>The models run on</source>
        <translation>Die Modelle laufen auf</translation>
    </message>
    <message>
        <location filename="../../app/window/settings/models_tab.py" line="120" />
        <source>Building …</source>
        <translation>Wird gebaut …</translation>
    </message>
    <message>
        <location filename="../../app/window/settings/models_tab.py" line="139" />
        <source>Built. They are used from the next start on, where the runtime is tensorrt or auto.</source>
        <translation>Gebaut. Sie werden ab dem nächsten Start genutzt, wenn tensorrt oder auto gewählt ist.</translation>
    </message>
    <message>
        <location filename="../../app/window/settings/models_tab.py" line="142" />
        <source>Not built: {}</source>
        <translation>Nicht gebaut: {}</translation>
    </message>
</context><context>
    <name>Notice</name>
    <message>
        <location filename="../../app/window/notice.py" line="56" />
        <source>Try again</source>
        <translation>Erneut versuchen</translation>
    </message>
    <message>
        <location filename="../../app/window/notice.py" line="72" />
        <source>Choose another source</source>
        <translation>Andere Quelle wählen</translation>
    </message>
    <message>
        <location filename="../../app/window/notice.py" line="72" />
        <source>Close</source>
        <translation>Schließen</translation>
    </message>
</context><context>
    <name>Palette</name>
    <message>
        <location filename="../../app/window/palette.py" line="35" />
        <location filename="../../app/window/palette.py" line="32" />
        <source>Commands</source>
        <translation>Befehle</translation>
    </message>
    <message>
        <location filename="../../app/window/palette.py" line="33" />
        <source>What shall be done?</source>
        <translation>Was soll getan werden?</translation>
    </message>
    <message>
        <location filename="../../app/window/palette.py" line="34" />
        <source>Command</source>
        <translation>Befehl</translation>
    </message>
</context><context>
    <name>PeoplePanel</name>
    <message>
        <location filename="../../app/window/panels/people.py" line="266" />
        <source>Nobody in view</source>
        <translation>Niemand im Bild</translation>
    </message>
    <message>
        <location filename="../../app/window/panels/people.py" line="267" />
        <source>People appear here when a face has been followed for a moment.</source>
        <translation>Personen erscheinen hier, sobald ein Gesicht einen Moment lang verfolgt wurde.</translation>
    </message>
</context><context>
    <name>PeopleTable</name>
    <message>
        <location filename="../../app/window/panels/people.py" line="174" />
        <source>Present now</source>
        <translation>Jetzt anwesend</translation>
    </message>
</context><context>
    <name>PinPad</name>
    <message>
        <location filename="../../app/window/kiosk/pin_pad.py" line="30" />
        <source>Number to leave the kiosk</source>
        <translation>Nummer zum Verlassen des Kiosks</translation>
    </message>
    <message>
        <location filename="../../app/window/kiosk/pin_pad.py" line="54" />
        <source>Delete</source>
        <translation>Löschen</translation>
    </message>
    <message>
        <location filename="../../app/window/kiosk/pin_pad.py" line="56" />
        <source>Cancel</source>
        <translation>Abbrechen</translation>
    </message>
    <message>
        <location filename="../../app/window/kiosk/pin_pad.py" line="135" />
        <source>Locked for {:.0f} s</source>
        <translation>Gesperrt für {:.0f} s</translation>
    </message>
    <message>
        <location filename="../../app/window/kiosk/pin_pad.py" line="137" />
        <source>Number to leave</source>
        <translation>Nummer zum Verlassen</translation>
    </message>
</context><context>
    <name>Preview</name>
    <message>
        <location filename="../../app/window/address_test.py" line="122" />
        <source>Looking whether somebody answers …</source>
        <translation>Es wird geprüft, ob jemand antwortet …</translation>
    </message>
</context><context>
    <name>PrivacyCard</name>
    <message>
        <location filename="../../app/window/privacy_card.py" line="17" />
        <source>Before you begin</source>
        <translation>Bevor Sie beginnen</translation>
    </message>
    <message>
        <location filename="../../app/window/privacy_card.py" line="20" />
        <source>Everything stays on this computer: no picture is sent anywhere.</source>
        <translation>Alles bleibt auf diesem Rechner: Kein Bild wird irgendwohin gesendet.</translation>
    </message>
    <message>
        <location filename="../../app/window/privacy_card.py" line="21" />
        <source>Nothing is recorded unless you ask for it, and no face is recognised again.</source>
        <translation>Nichts wird aufgezeichnet, wenn Sie es nicht verlangen, und kein Gesicht wird wiedererkannt.</translation>
    </message>
    <message>
        <location filename="../../app/window/privacy_card.py" line="22" />
        <source>An age is an estimate with an interval. It is no proof of anybody's age.</source>
        <translation>Ein Alter ist eine Schätzung mit einem Intervall. Es beweist niemandes Alter.</translation>
    </message>
    <message>
        <location filename="../../app/window/privacy_card.py" line="23" />
        <source>Tell people where a camera watches; in many places the law asks for it.</source>
        <translation>Weisen Sie darauf hin, wo eine Kamera zusieht; vielerorts verlangt es das Gesetz.</translation>
    </message>
    <message>
        <location filename="../../app/window/privacy_card.py" line="33" />
        <source>Understood</source>
        <translation>Verstanden</translation>
    </message>
</context><context>
    <name>Rail</name>
    <message>
        <location filename="../../app/window/pages.py" line="67" />
        <source>Pages</source>
        <translation>Seiten</translation>
    </message>
</context><context>
    <name>SettingsList</name>
    <message>
        <location filename="../../app/window/settings/settings_list.py" line="46" />
        <source>Only what is changed</source>
        <translation>Nur Geändertes</translation>
    </message>
    <message>
        <location filename="../../app/window/settings/settings_list.py" line="47" />
        <source>No setting has these words.</source>
        <translation>Keine Einstellung enthält diese Wörter.</translation>
    </message>
    <message>
        <location filename="../../app/window/settings/settings_list.py" line="48" />
        <source>Start the sources again</source>
        <translation>Quellen neu starten</translation>
    </message>
    <message>
        <location filename="../../app/window/settings/settings_list.py" line="51" />
        <location filename="../../app/window/settings/settings_list.py" line="50" />
        <source>Search settings</source>
        <translation>Einstellungen durchsuchen</translation>
    </message>
    <message>
        <location filename="../../app/window/settings/settings_list.py" line="131" />
        <source>What runs the models changes with the program's next start.</source>
        <translation>Womit die Modelle laufen, ändert sich beim nächsten Start des Programms.</translation>
    </message>
    <message>
        <location filename="../../app/window/settings/settings_list.py" line="134" />
        <source>Sources that run take the changes when they start again.</source>
        <translation>Laufende Quellen übernehmen die Änderungen, wenn sie neu starten.</translation>
    </message>
</context><context>
    <name>SettingsPage</name>
    <message>
        <location filename="../../app/window/settings/settings_page.py" line="41" />
        <location filename="../../app/window/settings/settings_page.py" line="40" />
        <source>Settings</source>
        <translation>Einstellungen</translation>
    </message>
    <message>
        <location filename="../../app/window/settings/settings_page.py" line="42" />
        <source>Cameras</source>
        <translation>Kameras</translation>
    </message>
    <message>
        <location filename="../../app/window/settings/settings_page.py" line="43" />
        <source>Models</source>
        <translation>Modelle</translation>
    </message>
</context><context>
    <name>StagesChart</name>
    <message>
        <location filename="../../app/window/panels/system.py" line="33" />
        <source>Time a frame by stage</source>
        <translation>Zeit pro Bild nach Stufe</translation>
    </message>
    <message>
        <location filename="../../app/window/panels/system.py" line="34" />
        <source>Time (ms)</source>
        <translation>Zeit (ms)</translation>
    </message>
    <message>
        <location filename="../../app/window/panels/system.py" line="39" />
        <source>schedule</source>
        <translation>Plan</translation>
    </message>
    <message>
        <location filename="../../app/window/panels/system.py" line="40" />
        <source>detect</source>
        <translation>Suche</translation>
    </message>
    <message>
        <location filename="../../app/window/panels/system.py" line="41" />
        <source>track</source>
        <translation>Verfolgung</translation>
    </message>
    <message>
        <location filename="../../app/window/panels/system.py" line="42" />
        <source>align</source>
        <translation>Ausrichtung</translation>
    </message>
    <message>
        <location filename="../../app/window/panels/system.py" line="43" />
        <source>quality</source>
        <translation>Qualität</translation>
    </message>
    <message>
        <location filename="../../app/window/panels/system.py" line="44" />
        <source>estimate</source>
        <translation>Einzelschätzung</translation>
    </message>
    <message>
        <location filename="../../app/window/panels/system.py" line="45" />
        <source>belief</source>
        <translation>Gesamtschätzung</translation>
    </message>
</context><context>
    <name>StartPage</name>
    <message>
        <location filename="../../app/window/start_page.py" line="42" />
        <source>Connect</source>
        <translation>Verbinden</translation>
    </message>
    <message>
        <location filename="../../app/window/start_page.py" line="43" />
        <source>Address of a stream: rtsp://… or http://…</source>
        <translation>Adresse eines Streams: rtsp://… oder http://…</translation>
    </message>
    <message>
        <location filename="../../app/window/start_page.py" line="44" />
        <source>Address of a stream</source>
        <translation>Adresse eines Streams</translation>
    </message>
    <message>
        <location filename="../../app/window/start_page.py" line="75" />
        <source>Files, folders and links can also be dropped here.</source>
        <translation>Dateien, Ordner und Links können auch hierher gezogen werden.</translation>
    </message>
    <message>
        <location filename="../../app/window/start_page.py" line="77" />
        <source>Everything stays on this computer, and nothing is recorded.</source>
        <translation>Alles bleibt auf diesem Rechner, und nichts wird aufgezeichnet.</translation>
    </message>
    <message>
        <location filename="../../app/window/start_page.py" line="105" />
        <source>Recent</source>
        <translation>Zuletzt</translation>
    </message>
    <message>
        <location filename="../../app/window/start_page.py" line="119" />
        <source>Go on with the {} sources of last time</source>
        <translation>Mit den {} Quellen vom letzten Mal weitermachen</translation>
    </message>
    <message>
        <location filename="../../app/window/start_page.py" line="131" />
        <source>Show {} again</source>
        <translation>{} wieder zeigen</translation>
    </message>
    <message>
        <location filename="../../app/window/start_page.py" line="146" />
        <source>How old people in a video look, and how sure that is</source>
        <translation>Wie alt Menschen in einem Video aussehen, und wie sicher das ist</translation>
    </message>
    <message>
        <location filename="../../app/window/start_page.py" line="158" />
        <source>Videos or pictures …</source>
        <translation>Videos oder Bilder …</translation>
    </message>
    <message>
        <location filename="../../app/window/start_page.py" line="158" />
        <source>MP4, MKV, GIF, JPEG and others</source>
        <translation>MP4, MKV, GIF, JPEG und andere</translation>
    </message>
    <message>
        <location filename="../../app/window/start_page.py" line="159" />
        <source>Folder …</source>
        <translation>Ordner …</translation>
    </message>
    <message>
        <location filename="../../app/window/start_page.py" line="159" />
        <source>Its videos or its pictures</source>
        <translation>Seine Videos oder seine Bilder</translation>
    </message>
    <message>
        <location filename="../../app/window/start_page.py" line="160" />
        <source>Camera</source>
        <translation>Kamera</translation>
    </message>
    <message>
        <location filename="../../app/window/start_page.py" line="160" />
        <source>The first one of this computer</source>
        <translation>Die erste dieses Rechners</translation>
    </message>
    <message>
        <location filename="../../app/window/start_page.py" line="161" />
        <source>Demonstration</source>
        <translation>Vorführung</translation>
    </message>
    <message>
        <location filename="../../app/window/start_page.py" line="161" />
        <source>A made-up scene; needs no camera</source>
        <translation>Eine erfundene Szene; braucht keine Kamera</translation>
    </message>
</context><context>
    <name>StatusLine</name>
    <message>
        <location filename="../../app/window/status_line.py" line="70" />
        <source>Frames a second, and how far the picture is behind</source>
        <translation>Bilder pro Sekunde und Rückstand des Bildes</translation>
    </message>
    <message>
        <location filename="../../app/window/status_line.py" line="71" />
        <source>What runs the models</source>
        <translation>Womit die Modelle laufen</translation>
    </message>
    <message>
        <location filename="../../app/window/status_line.py" line="74" />
        <source>● Recording</source>
        <translation>● Aufnahme</translation>
    </message>
    <message>
        <location filename="../../app/window/status_line.py" line="109" />
        <source>The models cannot be loaded: {}</source>
        <translation>Die Modelle können nicht geladen werden: {}</translation>
    </message>
    <message>
        <location filename="../../app/window/status_line.py" line="111" />
        <source>Ready</source>
        <translation>Bereit</translation>
    </message>
    <message>
        <location filename="../../app/window/status_line.py" line="112" />
        <source>Loading the models …</source>
        <translation>Die Modelle werden geladen …</translation>
    </message>
</context><context>
    <name>SystemPanel</name>
    <message>
        <location filename="../../app/window/panels/system.py" line="106" />
        <source>Source</source>
        <translation>Quelle</translation>
    </message>
    <message>
        <location filename="../../app/window/panels/system.py" line="106" />
        <source>Frames/s</source>
        <translation>Bilder/s</translation>
    </message>
    <message>
        <location filename="../../app/window/panels/system.py" line="106" />
        <source>Lag ms</source>
        <translation>Rückstand ms</translation>
    </message>
    <message>
        <location filename="../../app/window/panels/system.py" line="106" />
        <source>Dropped</source>
        <translation>Verworfen</translation>
    </message>
    <message>
        <location filename="../../app/window/panels/system.py" line="106" />
        <source>Lost</source>
        <translation>Verloren</translation>
    </message>
    <message>
        <location filename="../../app/window/panels/system.py" line="109" />
        <source>Sources</source>
        <translation>Quellen</translation>
    </message>
    <message>
        <location filename="../../app/window/panels/system.py" line="149" />
        <source>{} stalls, {} losses</source>
        <translation>{} Stockungen, {} Abbrüche</translation>
    </message>
</context><context>
    <name>Tile</name>
    <message>
        <location filename="../../app/window/tile.py" line="264" />
        <source>The picture cannot be drawn</source>
        <translation>Das Bild kann nicht gezeichnet werden</translation>
    </message>
    <message>
        <location filename="../../app/window/tile.py" line="266" />
        <source>This source cannot be shown</source>
        <translation>Diese Quelle kann nicht gezeigt werden</translation>
    </message>
    <message>
        <location filename="../../app/window/tile.py" line="305" />
        <source>Loading the models …</source>
        <translation>Die Modelle werden geladen …</translation>
    </message>
    <message>
        <location filename="../../app/window/tile.py" line="307" />
        <source>Opening the source …</source>
        <translation>Die Quelle wird geöffnet …</translation>
    </message>
    <message>
        <location filename="../../app/window/tile.py" line="308" />
        <source>Waiting for the first picture …</source>
        <translation>Warten auf das erste Bild …</translation>
    </message>
    <message>
        <location filename="../../app/window/tile.py" line="314" />
        <source>Paused · Space goes on</source>
        <translation>Angehalten · Leertaste macht weiter</translation>
    </message>
    <message>
        <location filename="../../app/window/tile.py" line="316" />
        <source>The end · Space plays it again</source>
        <translation>Ende · Leertaste spielt noch einmal</translation>
    </message>
</context><context>
    <name>Timeline</name>
    <message>
        <location filename="../../app/window/timeline.py" line="46" />
        <source>Place in the recording</source>
        <translation>Stelle in der Aufnahme</translation>
    </message>
    <message>
        <location filename="../../app/window/timeline.py" line="47" />
        <source>Blue: people were present. Grey: not looked at yet.</source>
        <translation>Blau: Es waren Personen da. Grau: noch nicht angesehen.</translation>
    </message>
</context><context>
    <name>Transport</name>
    <message>
        <location filename="../../app/window/transport.py" line="35" />
        <source>Play or pause</source>
        <translation>Abspielen oder anhalten</translation>
    </message>
    <message>
        <location filename="../../app/window/transport.py" line="36" />
        <source>One frame back</source>
        <translation>Ein Bild zurück</translation>
    </message>
    <message>
        <location filename="../../app/window/transport.py" line="37" />
        <source>One frame forward</source>
        <translation>Ein Bild vor</translation>
    </message>
    <message>
        <location filename="../../app/window/transport.py" line="46" />
        <location filename="../../app/window/transport.py" line="45" />
        <source>Speed</source>
        <translation>Geschwindigkeit</translation>
    </message>
    <message>
        <location filename="../../app/window/transport.py" line="149" />
        <source>Play everything again</source>
        <translation>Alles wieder abspielen</translation>
    </message>
    <message>
        <location filename="../../app/window/transport.py" line="151" />
        <source>A-B: mark where the loop begins</source>
        <translation>A-B: Beginn der Schleife setzen</translation>
    </message>
    <message>
        <location filename="../../app/window/transport.py" line="153" />
        <source>A-B: mark where the loop ends</source>
        <translation>A-B: Ende der Schleife setzen</translation>
    </message>
</context><context>
    <name>VideoView</name>
    <message>
        <location filename="../../app/window/view.py" line="60" />
        <source>Picture</source>
        <translation>Bild</translation>
    </message>
</context><context>
    <name>ZonesPage</name>
    <message>
        <location filename="../../app/window/editor/zones_page.py" line="61" />
        <source>Remove</source>
        <translation>Entfernen</translation>
    </message>
    <message>
        <location filename="../../app/window/editor/zones_page.py" line="71" />
        <source>Source</source>
        <translation>Quelle</translation>
    </message>
    <message>
        <location filename="../../app/window/editor/zones_page.py" line="90" />
        <location filename="../../app/window/editor/zones_page.py" line="74" />
        <source>Zones</source>
        <translation>Zonen</translation>
    </message>
    <message>
        <location filename="../../app/window/editor/zones_page.py" line="109" />
        <source>Choose</source>
        <translation>Auswählen</translation>
    </message>
    <message>
        <location filename="../../app/window/editor/zones_page.py" line="182" />
        <source>Open a source first: zones are drawn into its picture.</source>
        <translation>Öffnen Sie zuerst eine Quelle: Zonen werden in ihr Bild gezeichnet.</translation>
    </message>
    <message>
        <location filename="../../app/window/editor/zones_page.py" line="184" />
        <source>Click two points. The arrow shows which way counts as “in”.</source>
        <translation>Klicken Sie zwei Punkte an. Der Pfeil zeigt, welche Richtung als „hinein“ zählt.</translation>
    </message>
    <message>
        <location filename="../../app/window/editor/zones_page.py" line="186" />
        <source>Click the corners; a double-click or Enter finishes, Esc gives up.</source>
        <translation>Klicken Sie die Ecken an; Doppelklick oder Eingabe beendet, Esc bricht ab.</translation>
    </message>
    <message>
        <location filename="../../app/window/editor/zones_page.py" line="187" />
        <source>By keyboard: arrows move the cross, Space sets a corner.</source>
        <translation>Mit der Tastatur: Pfeile bewegen das Kreuz, die Leertaste setzt eine Ecke.</translation>
    </message>
    <message>
        <location filename="../../app/window/editor/zones_page.py" line="192" />
        <source>As it was before it stays in use: {}</source>
        <translation>Wie zuvor bleibt es in Gebrauch: {}</translation>
    </message>
    <message>
        <location filename="../../app/window/editor/zones_page.py" line="195" />
        <source>Not used yet: {}</source>
        <translation>Noch nicht in Gebrauch: {}</translation>
    </message>
    <message>
        <location filename="../../app/window/editor/zones_page.py" line="196" />
        <source>Drag it or a corner; arrows move it (Shift: finer), Page Down goes through its corners, Ins adds one, Del removes. F2 in the list renames.</source>
        <translation>Ziehen Sie die Zone oder eine Ecke; Pfeile verschieben (Umschalt: feiner), Bild ab geht durch die Ecken, Einfg fügt eine hinzu, Entf entfernt. F2 in der Liste benennt um.</translation>
    </message>
    <message>
        <location filename="../../app/window/editor/zones_page.py" line="200" />
        <source>Choose what to draw above, or click a zone to change it.</source>
        <translation>Wählen Sie oben, was Sie zeichnen, oder klicken Sie eine Zone an, um sie zu ändern.</translation>
    </message>
    <message>
        <location filename="../../app/window/editor/zones_page.py" line="211" />
        <source>the name is taken</source>
        <translation>der Name ist vergeben</translation>
    </message>
    <message>
        <location filename="../../app/window/editor/zones_page.py" line="212" />
        <source>Not renamed: {}</source>
        <translation>Nicht umbenannt: {}</translation>
    </message>
    <message>
        <location filename="../../app/window/editor/zones_page.py" line="215" />
        <source>Rename {}</source>
        <translation>{} umbenennen</translation>
    </message>
</context><context>
    <name>cameras</name>
    <message>
        <location filename="../../app/window/settings/cameras_tab.py" line="30" />
        <source>The window sends nothing to the broker and webhooks of this file: every visit would arrive twice where “monitor” runs as well. Start “monitor” to send.</source>
        <translation>Das Fenster sendet nichts an Broker und Webhooks dieser Datei: Jeder Besuch käme doppelt an, wo auch „monitor“ läuft. Zum Senden starten Sie „monitor“.</translation>
    </message>
</context><context>
    <name>capture</name>
    <message>
        <location filename="../../app/window/capture.py" line="129" />
        <source>Nothing is recorded: {}</source>
        <translation>Es wird nichts aufgenommen: {}</translation>
    </message>
    <message>
        <location filename="../../app/window/capture.py" line="152" />
        <source>There is no picture yet.</source>
        <translation>Es gibt noch kein Bild.</translation>
    </message>
    <message>
        <location filename="../../app/window/capture.py" line="174" />
        <source>The recording broke off: {}</source>
        <translation>Die Aufnahme brach ab: {}</translation>
    </message>
    <message>
        <location filename="../../app/window/capture.py" line="177" />
        <source>Recorded: {}</source>
        <translation>Aufgenommen: {}</translation>
    </message>
    <message>
        <location filename="../../app/window/capture.py" line="181" />
        <source>Recording with blurred faces: {}</source>
        <translation>Aufnahme mit unkenntlichen Gesichtern: {}</translation>
    </message>
    <message>
        <location filename="../../app/window/capture.py" line="182" />
        <source>Recording with faces: {}</source>
        <translation>Aufnahme mit Gesichtern: {}</translation>
    </message>
    <message>
        <location filename="../../app/window/capture.py" line="193" />
        <source>No snapshot: {}</source>
        <translation>Kein Schnappschuss: {}</translation>
    </message>
    <message>
        <location filename="../../app/window/capture.py" line="195" />
        <source>Snapshot: {}</source>
        <translation>Schnappschuss: {}</translation>
    </message>
    <message>
        <location filename="../../app/window/capture.py" line="197" />
        <source>Snapshot of a picture of {:.0f} s ago: {}</source>
        <translation>Schnappschuss eines Bildes von vor {:.0f} s: {}</translation>
    </message>
    <message>
        <location filename="../../app/window/capture.py" line="216" />
        <source>{} cannot be written: {}. Choose another folder in the settings.</source>
        <translation>{} kann nicht geschrieben werden: {}. Wählen Sie einen anderen Ordner in den Einstellungen.</translation>
    </message>
</context><context>
    <name>deeds</name>
    <message>
        <location filename="../../app/window/deeds.py" line="23" />
        <source>&amp;Overlays</source>
        <translation>&amp;Einblendungen</translation>
    </message>
    <message>
        <location filename="../../app/window/deeds.py" line="29" />
        <source>&amp;File</source>
        <translation>&amp;Datei</translation>
    </message>
    <message>
        <location filename="../../app/window/deeds.py" line="30" />
        <source>Open a video or picture …</source>
        <translation>Video oder Bild öffnen …</translation>
    </message>
    <message>
        <location filename="../../app/window/deeds.py" line="31" />
        <source>Open a folder …</source>
        <translation>Ordner öffnen …</translation>
    </message>
    <message>
        <location filename="../../app/window/deeds.py" line="32" />
        <source>Go on with the sources of last time</source>
        <translation>Mit den Quellen vom letzten Mal weitermachen</translation>
    </message>
    <message>
        <location filename="../../app/window/deeds.py" line="33" />
        <source>Close the sources</source>
        <translation>Quellen schließen</translation>
    </message>
    <message>
        <location filename="../../app/window/deeds.py" line="37" />
        <source>Demonstration</source>
        <translation>Vorführung</translation>
    </message>
    <message>
        <location filename="../../app/window/deeds.py" line="41" />
        <source>Quit</source>
        <translation>Beenden</translation>
    </message>
    <message>
        <location filename="../../app/window/deeds.py" line="46" />
        <source>Record what is shown</source>
        <translation>Aufnehmen, was gezeigt wird</translation>
    </message>
    <message>
        <location filename="../../app/window/deeds.py" line="46" />
        <source>Take a snapshot</source>
        <translation>Schnappschuss machen</translation>
    </message>
    <message>
        <location filename="../../app/window/deeds.py" line="47" />
        <source>Export who is present …</source>
        <translation>Anwesende exportieren …</translation>
    </message>
    <message>
        <location filename="../../app/window/deeds.py" line="56" />
        <source>&amp;Edit</source>
        <translation>&amp;Bearbeiten</translation>
    </message>
    <message>
        <location filename="../../app/window/deeds.py" line="57" />
        <source>Undo</source>
        <translation>Rückgängig</translation>
    </message>
    <message>
        <location filename="../../app/window/deeds.py" line="57" />
        <source>Redo</source>
        <translation>Wiederholen</translation>
    </message>
    <message>
        <location filename="../../app/window/deeds.py" line="58" />
        <source>All commands …</source>
        <translation>Alle Befehle …</translation>
    </message>
    <message>
        <location filename="../../app/window/deeds.py" line="67" />
        <source>&amp;Play</source>
        <translation>&amp;Wiedergabe</translation>
    </message>
    <message>
        <location filename="../../app/window/deeds.py" line="68" />
        <source>Pause, go on, play again</source>
        <translation>Anhalten, weiter, noch einmal</translation>
    </message>
    <message>
        <location filename="../../app/window/deeds.py" line="69" />
        <source>One frame forward</source>
        <translation>Ein Bild vor</translation>
    </message>
    <message>
        <location filename="../../app/window/deeds.py" line="69" />
        <source>One frame back</source>
        <translation>Ein Bild zurück</translation>
    </message>
    <message>
        <location filename="../../app/window/deeds.py" line="70" />
        <source>Faster</source>
        <translation>Schneller</translation>
    </message>
    <message>
        <location filename="../../app/window/deeds.py" line="70" />
        <source>Slower</source>
        <translation>Langsamer</translation>
    </message>
    <message>
        <location filename="../../app/window/deeds.py" line="71" />
        <source>Mark the ends of a loop</source>
        <translation>Enden einer Schleife setzen</translation>
    </message>
    <message>
        <location filename="../../app/window/deeds.py" line="83" />
        <source>&amp;View</source>
        <translation>&amp;Ansicht</translation>
    </message>
    <message>
        <location filename="../../app/window/deeds.py" line="92" />
        <source>Panel: {}</source>
        <translation>Tafel: {}</translation>
    </message>
    <message>
        <location filename="../../app/window/deeds.py" line="101" />
        <source>Enlarge one source</source>
        <translation>Eine Quelle vergrößern</translation>
    </message>
    <message>
        <location filename="../../app/window/deeds.py" line="101" />
        <source>Full screen</source>
        <translation>Vollbild</translation>
    </message>
    <message>
        <location filename="../../app/window/deeds.py" line="102" />
        <source>Leave full screen</source>
        <translation>Vollbild verlassen</translation>
    </message>
    <message>
        <location filename="../../app/window/deeds.py" line="102" />
        <source>Unpin the person</source>
        <translation>Person loslassen</translation>
    </message>
    <message>
        <location filename="../../app/window/deeds.py" line="103" />
        <source>Blur all faces</source>
        <translation>Alle Gesichter unkenntlich machen</translation>
    </message>
    <message>
        <location filename="../../app/window/deeds.py" line="117" />
        <source>&amp;Help</source>
        <translation>&amp;Hilfe</translation>
    </message>
    <message>
        <location filename="../../app/window/deeds.py" line="118" />
        <source>Copy a diagnostic report</source>
        <translation>Diagnosebericht kopieren</translation>
    </message>
    <message>
        <location filename="../../app/window/deeds.py" line="119" />
        <source>About agescope</source>
        <translation>Über agescope</translation>
    </message>
    <message>
        <location filename="../../app/window/deeds.py" line="121" />
        <source>Keys</source>
        <translation>Tasten</translation>
    </message>
</context><context>
    <name>gate</name>
    <message>
        <location filename="../../app/window/kiosk/gate_words.py" line="54" />
        <location filename="../../app/window/kiosk/gate_words.py" line="15" />
        <source>{} or over</source>
        <translation>{} oder älter</translation>
    </message>
    <message>
        <location filename="../../app/window/kiosk/gate_words.py" line="17" />
        <source>Under {}</source>
        <translation>Unter {}</translation>
    </message>
    <message>
        <location filename="../../app/window/kiosk/gate_words.py" line="19" />
        <source>Please show your ID</source>
        <translation>Bitte zeigen Sie Ihren Ausweis</translation>
    </message>
    <message>
        <location filename="../../app/window/kiosk/gate_words.py" line="21" />
        <source>One at a time, please</source>
        <translation>Bitte einzeln</translation>
    </message>
    <message>
        <location filename="../../app/window/kiosk/gate_words.py" line="23" />
        <source>Please look at the camera</source>
        <translation>Bitte schauen Sie in die Kamera</translation>
    </message>
    <message>
        <location filename="../../app/window/kiosk/gate_words.py" line="25" />
        <source>Please step closer</source>
        <translation>Bitte treten Sie näher</translation>
    </message>
    <message>
        <location filename="../../app/window/kiosk/gate_words.py" line="32" />
        <source>Thank you, please go on. {}</source>
        <translation>Danke, bitte gehen Sie weiter. {}</translation>
    </message>
    <message>
        <location filename="../../app/window/kiosk/gate_words.py" line="35" />
        <source>Sorry, this is for people of {} and over. Wrong? Our staff will help. {}</source>
        <translation>Leider erst ab {} Jahren. Stimmt das nicht? Unser Personal hilft. {}</translation>
    </message>
    <message>
        <location filename="../../app/window/kiosk/gate_words.py" line="42" />
        <source>Step forward one by one; the others stay a little behind.</source>
        <translation>Treten Sie einzeln vor; die anderen bleiben etwas zurück.</translation>
    </message>
    <message>
        <location filename="../../app/window/kiosk/gate_words.py" line="44" />
        <source>It takes a moment. Nothing is stored.</source>
        <translation>Es dauert einen Moment. Nichts wird gespeichert.</translation>
    </message>
    <message>
        <location filename="../../app/window/kiosk/gate_words.py" line="46" />
        <source>A camera estimates whether you are {} or over.</source>
        <translation>Eine Kamera schätzt, ob Sie {} oder älter sind.</translation>
    </message>
    <message>
        <location filename="../../app/window/kiosk/gate_words.py" line="55" />
        <source>under {}</source>
        <translation>unter {}</translation>
    </message>
    <message>
        <location filename="../../app/window/kiosk/gate_words.py" line="56" />
        <source>asked for ID</source>
        <translation>nach dem Ausweis gefragt</translation>
    </message>
    <message>
        <location filename="../../app/window/kiosk/gate_words.py" line="62" />
        <source>Our staff will look at it. </source>
        <translation>Unser Personal sieht ihn sich an. </translation>
    </message>
    <message>
        <location filename="../../app/window/kiosk/gate_words.py" line="65" />
        <source>Everybody who looks under {} is asked.</source>
        <translation>Alle, die jünger als {} aussehen, werden gefragt.</translation>
    </message>
    <message>
        <location filename="../../app/window/kiosk/gate_words.py" line="68" />
        <source>Your face could not be seen well enough.</source>
        <translation>Ihr Gesicht war nicht gut genug zu sehen.</translation>
    </message>
    <message>
        <location filename="../../app/window/kiosk/gate_words.py" line="70" />
        <source>The picture changed while you stood here.</source>
        <translation>Das Bild änderte sich, während Sie hier standen.</translation>
    </message>
    <message>
        <location filename="../../app/window/kiosk/gate_words.py" line="72" />
        <source>A face alone does not tell on which side of {} you are; that is common.</source>
        <translation>Ein Gesicht allein verrät nicht, auf welcher Seite von {} Sie sind; das ist häufig.</translation>
    </message>
    <message>
        <location filename="../../app/window/kiosk/gate_words.py" line="85" />
        <source>You look {} to {}; the chance that this is wrong is {}.</source>
        <translation>Sie sehen aus wie {} bis {}; die Wahrscheinlichkeit, dass das falsch ist, beträgt {}.</translation>
    </message>
    <message>
        <location filename="../../app/window/kiosk/gate_words.py" line="91" />
        <source>under 1 in 100</source>
        <translation>unter 1 zu 100</translation>
    </message>
    <message>
        <location filename="../../app/window/kiosk/gate_words.py" line="92" />
        <source>about {} in 100</source>
        <translation>etwa {} zu 100</translation>
    </message>
</context><context>
    <name>keeping</name>
    <message>
        <location filename="../../app/window/keeping.py" line="36" />
        <source>Zones are kept for this source.</source>
        <translation>Die Zonen sind für diese Quelle gemerkt.</translation>
    </message>
    <message>
        <location filename="../../app/window/keeping.py" line="42" />
        <source>Zones are used, but not kept: {}</source>
        <translation>Die Zonen gelten, sind aber nicht gespeichert: {}</translation>
    </message>
    <message>
        <location filename="../../app/window/keeping.py" line="45" />
        <source>Zones saved in {}</source>
        <translation>Zonen gespeichert in {}</translation>
    </message>
</context><context>
    <name>overlays</name>
    <message>
        <location filename="../../app/window/overlays.py" line="27" />
        <source>Boxes</source>
        <translation>Rahmen</translation>
    </message>
    <message>
        <location filename="../../app/window/overlays.py" line="28" />
        <source>Ages</source>
        <translation>Alter</translation>
    </message>
    <message>
        <location filename="../../app/window/overlays.py" line="29" />
        <source>Numbers</source>
        <translation>Nummern</translation>
    </message>
    <message>
        <location filename="../../app/window/overlays.py" line="30" />
        <source>Age curves</source>
        <translation>Alterskurven</translation>
    </message>
    <message>
        <location filename="../../app/window/overlays.py" line="31" />
        <source>Quality</source>
        <translation>Qualität</translation>
    </message>
    <message>
        <location filename="../../app/window/overlays.py" line="32" />
        <source>Landmarks</source>
        <translation>Gesichtspunkte</translation>
    </message>
    <message>
        <location filename="../../app/window/overlays.py" line="33" />
        <source>Trails</source>
        <translation>Spuren</translation>
    </message>
    <message>
        <location filename="../../app/window/overlays.py" line="34" />
        <source>Zones</source>
        <translation>Zonen</translation>
    </message>
    <message>
        <location filename="../../app/window/overlays.py" line="35" />
        <source>Legend in the picture</source>
        <translation>Legende im Bild</translation>
    </message>
</context><context>
    <name>pages</name>
    <message>
        <location filename="../../app/window/pages.py" line="20" />
        <source>Start</source>
        <translation>Start</translation>
    </message>
    <message>
        <location filename="../../app/window/pages.py" line="21" />
        <source>Live</source>
        <translation>Live</translation>
    </message>
    <message>
        <location filename="../../app/window/pages.py" line="22" />
        <source>Audience</source>
        <translation>Publikum</translation>
    </message>
    <message>
        <location filename="../../app/window/pages.py" line="23" />
        <source>Zones</source>
        <translation>Zonen</translation>
    </message>
    <message>
        <location filename="../../app/window/pages.py" line="24" />
        <source>Settings</source>
        <translation>Einstellungen</translation>
    </message>
</context><context>
    <name>people</name>
    <message>
        <location filename="../../app/window/panels/people.py" line="46" />
        <source>Face</source>
        <translation>Bild</translation>
    </message>
    <message>
        <location filename="../../app/window/panels/people.py" line="47" />
        <source>No.</source>
        <translation>Nr.</translation>
    </message>
    <message>
        <location filename="../../app/window/panels/people.py" line="48" />
        <source>Belief</source>
        <translation>Schätzung</translation>
    </message>
    <message>
        <location filename="../../app/window/panels/people.py" line="49" />
        <source>Age</source>
        <translation>Alter</translation>
    </message>
    <message>
        <location filename="../../app/window/panels/people.py" line="50" />
        <source>90 %</source>
        <translation>90 %</translation>
    </message>
    <message>
        <location filename="../../app/window/panels/people.py" line="51" />
        <source>Dwell</source>
        <translation>Dauer</translation>
    </message>
    <message>
        <location filename="../../app/window/panels/people.py" line="52" />
        <source>Place</source>
        <translation>Ort</translation>
    </message>
    <message>
        <location filename="../../app/window/panels/people.py" line="53" />
        <source>Status</source>
        <translation>Stand</translation>
    </message>
    <message>
        <location filename="../../app/window/panels/people.py" line="59" />
        <source>unseen</source>
        <translation>ungesehen</translation>
    </message>
    <message>
        <location filename="../../app/window/panels/people.py" line="60" />
        <source>provisional</source>
        <translation>vorläufig</translation>
    </message>
    <message>
        <location filename="../../app/window/panels/people.py" line="61" />
        <source>stable</source>
        <translation>stabil</translation>
    </message>
</context><context>
    <name>preferences</name>
    <message>
        <location filename="../../app/window/preferences.py" line="76" />
        <source>{} stays as it is: {}</source>
        <translation>{} bleibt, wie es ist: {}</translation>
    </message>
</context><context>
    <name>remembered</name>
    <message>
        <location filename="../../app/window/remembered.py" line="72" />
        <source>{} has no camera '{}' any more</source>
        <translation>{} hat keine Kamera „{}“ mehr</translation>
    </message>
    <message>
        <location filename="../../app/window/remembered.py" line="90" />
        <source>Not opened: {}</source>
        <translation>Nicht geöffnet: {}</translation>
    </message>
</context><context>
    <name>settings</name>
    <message>
        <location filename="../../app/window/settings/row.py" line="114" />
        <source>On</source>
        <translation>An</translation>
    </message>
    <message>
        <location filename="../../app/window/settings/row.py" line="134" />
        <location filename="../../app/window/settings/row.py" line="133" />
        <source>As by default</source>
        <translation>Wie voreingestellt</translation>
    </message>
</context><context>
    <name>wall</name>
    <message>
        <location filename="../../app/window/wall.py" line="32" />
        <source>Not shown: {} of {} sources ({}). The window holds {}.</source>
        <translation>Nicht gezeigt: {} von {} Quellen ({}). Das Fenster fasst {}.</translation>
    </message>
</context><context>
    <name>words</name>
    <message>
        <location filename="../../app/window/words.py" line="28" />
        <source>starting</source>
        <translation>startet</translation>
    </message>
    <message>
        <location filename="../../app/window/words.py" line="30" />
        <source>failed: {}</source>
        <translation>gescheitert: {}</translation>
    </message>
    <message>
        <location filename="../../app/window/words.py" line="32" />
        <source>ended</source>
        <translation>beendet</translation>
    </message>
    <message>
        <location filename="../../app/window/words.py" line="36" />
        <source>paused {}</source>
        <translation>angehalten {}</translation>
    </message>
    <message>
        <location filename="../../app/window/words.py" line="39" />
        <source>live</source>
        <translation>live</translation>
    </message>
    <message>
        <location filename="../../app/window/words.py" line="40" />
        <source>playing {}</source>
        <translation>spielt {}</translation>
    </message>
    <message>
        <location filename="../../app/window/words.py" line="46" />
        <source>failed</source>
        <translation>gescheitert</translation>
    </message>
    <message>
        <location filename="../../app/window/words.py" line="55" />
        <source>1 starting</source>
        <translation>1 startet</translation>
    </message>
    <message>
        <location filename="../../app/window/words.py" line="55" />
        <source>{} starting</source>
        <translation>{} starten</translation>
    </message>
    <message>
        <location filename="../../app/window/words.py" line="56" />
        <source>1 running</source>
        <translation>1 läuft</translation>
    </message>
    <message>
        <location filename="../../app/window/words.py" line="56" />
        <source>{} running</source>
        <translation>{} laufen</translation>
    </message>
    <message>
        <location filename="../../app/window/words.py" line="57" />
        <source>1 stalled</source>
        <translation>1 stockt</translation>
    </message>
    <message>
        <location filename="../../app/window/words.py" line="57" />
        <source>{} stalled</source>
        <translation>{} stocken</translation>
    </message>
    <message>
        <location filename="../../app/window/words.py" line="59" />
        <source>1 reconnecting</source>
        <translation>1 verbindet neu</translation>
    </message>
    <message>
        <location filename="../../app/window/words.py" line="60" />
        <source>{} reconnecting</source>
        <translation>{} verbinden neu</translation>
    </message>
    <message>
        <location filename="../../app/window/words.py" line="62" />
        <source>1 paused</source>
        <translation>1 angehalten</translation>
    </message>
    <message>
        <location filename="../../app/window/words.py" line="62" />
        <source>{} paused</source>
        <translation>{} angehalten</translation>
    </message>
    <message>
        <location filename="../../app/window/words.py" line="63" />
        <source>1 stopped</source>
        <translation>1 gestoppt</translation>
    </message>
    <message>
        <location filename="../../app/window/words.py" line="63" />
        <source>{} stopped</source>
        <translation>{} gestoppt</translation>
    </message>
    <message>
        <location filename="../../app/window/words.py" line="64" />
        <source>1 ended</source>
        <translation>1 beendet</translation>
    </message>
    <message>
        <location filename="../../app/window/words.py" line="64" />
        <source>{} ended</source>
        <translation>{} beendet</translation>
    </message>
    <message>
        <location filename="../../app/window/words.py" line="65" />
        <source>1 failed</source>
        <translation>1 gescheitert</translation>
    </message>
    <message>
        <location filename="../../app/window/words.py" line="65" />
        <source>{} failed</source>
        <translation>{} gescheitert</translation>
    </message>
    <message>
        <location filename="../../app/window/words.py" line="73" />
        <source>stalled · last picture {:.0f} s ago</source>
        <translation>stockt · letztes Bild vor {:.0f} s</translation>
    </message>
    <message>
        <location filename="../../app/window/words.py" line="76" />
        <source>reconnecting in {:.0f} s</source>
        <translation>verbindet neu in {:.0f} s</translation>
    </message>
    <message>
        <location filename="../../app/window/words.py" line="78" />
        <source>reconnecting …</source>
        <translation>verbindet neu …</translation>
    </message>
    <message>
        <location filename="../../app/window/words.py" line="86" />
        <source>{:.1f} frames/s</source>
        <translation>{:.1f} Bilder/s</translation>
    </message>
    <message>
        <location filename="../../app/window/words.py" line="87" />
        <source>{:.0f} ms behind</source>
        <translation>{:.0f} ms Rückstand</translation>
    </message>
    <message>
        <location filename="../../app/window/words.py" line="90" />
        <source>{} dropped</source>
        <translation>{} verworfen</translation>
    </message>
    <message>
        <location filename="../../app/window/words.py" line="99" />
        <source>picture {} / {}</source>
        <translation>Bild {} / {}</translation>
    </message>
</context><context>
    <name>zones</name>
    <message>
        <location filename="../../app/window/zones.py" line="93" />
        <source>in {}, out {}</source>
        <translation>herein {}, hinaus {}</translation>
    </message>
    <message>
        <location filename="../../app/window/editor/canvas.py" line="37" />
        <source>area</source>
        <translation>Fläche</translation>
    </message>
    <message>
        <location filename="../../app/window/editor/canvas.py" line="38" />
        <source>line</source>
        <translation>Linie</translation>
    </message>
    <message>
        <location filename="../../app/window/editor/canvas.py" line="39" />
        <source>blackout</source>
        <translation>Schwärzung</translation>
    </message>
    <message>
        <location filename="../../app/window/editor/canvas.py" line="46" />
        <source>Area</source>
        <translation>Fläche</translation>
    </message>
    <message>
        <location filename="../../app/window/editor/canvas.py" line="47" />
        <source>Line</source>
        <translation>Linie</translation>
    </message>
    <message>
        <location filename="../../app/window/editor/canvas.py" line="48" />
        <source>Blackout</source>
        <translation>Schwärzung</translation>
    </message>
</context></TS>
