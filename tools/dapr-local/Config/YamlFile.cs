using YamlDotNet.Core;
using YamlDotNet.RepresentationModel;

namespace DaprLocal.Config;

/// <summary>Loads YAML so that every node still knows where it was written.</summary>
internal static class YamlFile
{
    /// <summary>The documents of one file, empty ones left out.</summary>
    public static IReadOnlyList<YamlMap> Load(string path)
    {
        var name = DisplayName(path);
        try
        {
            using var reader = File.OpenText(path);
            var stream = new YamlStream();
            stream.Load(reader);
            return [.. stream.Documents.Select(document => document.RootNode).Where(root => !YamlMap.IsNull(root)).Select(root => Root(name, root))];
        }
        catch (Exception exception) when (exception is YamlException or InvalidOperationException)
        {
            // The second, from the parser's look-ahead, does not say where.
            var line = exception is YamlException { Start.Line: > 0 } at ? (int)at.Start.Line : 1;
            throw new ConfigurationException(new SourcePosition(name, line), $"this is not valid YAML: {exception.InnerException?.Message ?? exception.Message}");
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new ConfigurationException(new SourcePosition(name, 1), $"the file cannot be read: {exception.Message}");
        }
    }

    /// <summary>The one document of a file; <paramref name="what"/> the file is, for the message.</summary>
    public static YamlMap LoadOne(string path, string what) => Load(path) is [var only]
        ? only
        : throw new ConfigurationException(new SourcePosition(DisplayName(path), 1), $"{what} holds one YAML document, no more and no fewer");

    /// <summary>The path as the user would write it: relative when it lies below the working directory.</summary>
    public static string DisplayName(string path)
    {
        var relative = Path.GetRelativePath(Environment.CurrentDirectory, path);
        return relative.StartsWith("..", StringComparison.Ordinal) ? Path.GetFullPath(path) : relative;
    }

    private static YamlMap Root(string name, YamlNode root) => root is YamlMappingNode mapping
        ? new YamlMap(name, "", mapping)
        : throw new ConfigurationException(new SourcePosition(name, (int)root.Start.Line), "expected 'key: value' lines at the top of the document");
}
