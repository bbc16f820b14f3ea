package io.github.thriftboot.benchmarks.driver;

import java.awt.Color;
import java.awt.Dimension;
import java.awt.Font;
import java.awt.geom.Rectangle2D;
import java.io.IOException;
import java.io.Writer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.OptionalDouble;

import javax.xml.parsers.DocumentBuilderFactory;
import javax.xml.parsers.ParserConfigurationException;

import io.github.thriftboot.benchmarks.Workload;
import org.apache.batik.svggen.SVGGraphics2D;
import org.jfree.chart.ChartFactory;
import org.jfree.chart.JFreeChart;
import org.jfree.chart.StandardChartTheme;
import org.jfree.chart.axis.CategoryLabelPositions;
import org.jfree.chart.plot.CategoryPlot;
import org.jfree.chart.plot.PlotOrientation;
import org.jfree.chart.plot.ValueMarker;
import org.jfree.chart.renderer.category.BarRenderer;
import org.jfree.chart.renderer.category.StandardBarPainter;
import org.jfree.data.category.DefaultCategoryDataset;
import org.w3c.dom.Document;

/**
 * The speed of all systems as bars, ours being 1. Bare Netty is left out: it decodes
 * nothing, and where many calls are in flight nothing else could be seen beside it.
 */
final class SpeedChart {

	private static final String UNIT = "thriftboot";

	private static final Dimension SIZE = new Dimension(1_200, 480);

	private static final String SVG_NAMESPACE = "http://www.w3.org/2000/svg";

	private static final List<Color> OUR_COLOURS = List.of(new Color(0x08306B), new Color(0x2171B5),
			new Color(0x6BAED6), new Color(0xBDD7E7));

	private static final List<Color> OTHER_COLOURS = List.of(new Color(0x969696), new Color(0x238B45),
			new Color(0x74C476), new Color(0xA63603), new Color(0xFD8D3C), new Color(0x6A51A3), new Color(0xE7298A),
			new Color(0xE6AB02));

	private final Samples samples;

	private final List<SystemInfo> systems;

	private final List<Workload> workloads;

	private final String unit;

	SpeedChart(Samples samples, List<SystemInfo> systems, List<Workload> workloads) {
		this.samples = samples;
		this.systems = systems.stream().filter((system) -> !system.name().equals(Samples.REFERENCE)).toList();
		this.workloads = workloads.stream().filter((workload) -> workload.kind() != Workload.Kind.OPEN).toList();
		this.unit = systems.stream().anyMatch((system) -> system.name().equals(UNIT)) ? UNIT : Samples.REFERENCE;
	}

	/**
	 * Write the chart, unless there is nothing to show.
	 * @param file where to write it
	 * @return {@code false} if there is nothing to show
	 * @throws IOException if it cannot be written
	 */
	boolean write(Path file) throws IOException {
		DefaultCategoryDataset data = data();
		if (data.getRowCount() == 0) {
			return false;
		}
		SVGGraphics2D graphics = new SVGGraphics2D(newDocument());
		graphics.setSVGCanvasSize(SIZE);
		chart(data).draw(graphics, new Rectangle2D.Double(0, 0, SIZE.width, SIZE.height));
		try (Writer writer = Files.newBufferedWriter(file)) {
			graphics.stream(writer, true);
		}
		return true;
	}

	private static Document newDocument() {
		try {
			return DocumentBuilderFactory.newInstance()
				.newDocumentBuilder()
				.getDOMImplementation()
				.createDocument(SVG_NAMESPACE, "svg", null);
		}
		catch (ParserConfigurationException ex) {
			throw new IllegalStateException(ex);
		}
	}

	private DefaultCategoryDataset data() {
		DefaultCategoryDataset data = new DefaultCategoryDataset();
		for (SystemInfo system : this.systems) {
			for (Workload workload : this.workloads) {
				OptionalDouble ratio = this.samples.ratio(workload, system.name(), this.unit);
				if (ratio.isPresent()) {
					data.addValue(ratio.getAsDouble(), system.name(), workload.key());
				}
			}
		}
		return data;
	}

	private JFreeChart chart(DefaultCategoryDataset data) {
		JFreeChart chart = ChartFactory.createBarChart("Calls a second, " + this.unit + " = 1 (higher is better)", null,
				null, data, PlotOrientation.VERTICAL, true, false, false);
		StandardChartTheme theme = new StandardChartTheme("plain");
		theme.setExtraLargeFont(new Font(Font.SANS_SERIF, Font.BOLD, 15));
		theme.setLargeFont(new Font(Font.SANS_SERIF, Font.PLAIN, 12));
		theme.setRegularFont(new Font(Font.SANS_SERIF, Font.PLAIN, 12));
		theme.setPlotBackgroundPaint(Color.WHITE);
		theme.setRangeGridlinePaint(Color.LIGHT_GRAY);
		theme.setBarPainter(new StandardBarPainter());
		theme.setShadowVisible(false);
		theme.apply(chart);
		CategoryPlot plot = chart.getCategoryPlot();
		plot.setOutlineVisible(false);
		plot.addRangeMarker(new ValueMarker(1, Color.GRAY, plot.getRangeGridlineStroke()));
		plot.getDomainAxis().setCategoryLabelPositions(CategoryLabelPositions.STANDARD);
		plot.getDomainAxis().setCategoryMargin(0.15);
		BarRenderer renderer = (BarRenderer) plot.getRenderer();
		renderer.setItemMargin(0);
		paint(renderer, data);
		return chart;
	}

	private static void paint(BarRenderer renderer, DefaultCategoryDataset data) {
		int ours = 0;
		int others = 0;
		for (int row = 0; row < data.getRowCount(); row++) {
			boolean own = data.getRowKey(row).toString().startsWith(UNIT);
			List<Color> colours = own ? OUR_COLOURS : OTHER_COLOURS;
			renderer.setSeriesPaint(row, colours.get((own ? ours++ : others++) % colours.size()));
		}
	}

}
