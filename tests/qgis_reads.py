"""Opens a project in QGIS without a window and prints as JSON what stands at a place; run by the Python that has QGIS.

``python qgis_reads.py PROJECT LON_E LAT PICTURE``: whether each layer is valid, its value (rasters) or the ids of what
covers the place within a kilometre (tables), and a picture of the layers that are switched on.
"""

import json
import math
import sys

sys.path.append("/usr/share/qgis/python")
from qgis.core import (
    QgsApplication,
    QgsFeatureRequest,
    QgsMapRendererParallelJob,
    QgsMapSettings,
    QgsPointXY,
    QgsProject,
    QgsRectangle,
    QgsVectorLayer,
)
from qgis.PyQt.QtCore import QSize

RADIUS_M = 1_821_490.0


def at_place(layer, lon_e, lat):
    if isinstance(layer, QgsVectorLayer):
        box = QgsRectangle(lon_e - 0.02, lat - 0.02, lon_e + 0.02, lat + 0.02)
        request = QgsFeatureRequest().setFilterRect(box).setFlags(QgsFeatureRequest.ExactIntersect)
        return sorted(str(feature.attribute(1)) for feature in layer.getFeatures(request))
    x, y = (math.radians(degrees) * RADIUS_M for degrees in (lon_e, lat))
    value, known = layer.dataProvider().sample(QgsPointXY(x, y), 1)
    return value if known and math.isfinite(value) else None


def picture(project, path):
    settings = QgsMapSettings()
    root = project.layerTreeRoot()
    settings.setLayers([layer for layer in root.layerOrder() if root.findLayer(layer.id()).isVisible()])
    settings.setDestinationCrs(project.crs())
    settings.setOutputSize(QSize(1000, 500))
    half = math.pi * RADIUS_M
    settings.setExtent(QgsRectangle(-half, -half / 2, half, half / 2))
    job = QgsMapRendererParallelJob(settings)
    job.start()
    job.waitForFinished()
    job.renderedImage().save(path)


def main(path, lon_e, lat, out):
    QgsApplication.setPrefixPath("/usr", True)
    application = QgsApplication([], False)
    application.initQgis()
    project = QgsProject.instance()
    read = project.read(path)
    layers = {
        layer.source().rpartition("/")[2]: {
            "valid": layer.isValid(),
            "crs": layer.crs().authid(),
            "drawn": type(layer.renderer()).__name__,
            "here": at_place(layer, float(lon_e), float(lat)),
        }
        for layer in project.mapLayers().values()
    }
    picture(project, out)
    sys.stdout.write(json.dumps({"read": read, "crs": project.crs().authid(), "layers": layers}) + "\n")


main(*sys.argv[1:])
