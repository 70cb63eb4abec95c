extern alias inventory;
extern alias order;

using System.Reflection;
using System.Text.RegularExpressions;
using System.Xml.Linq;
using OrderInventory.ServiceDefaults.Settings;
using OrderInventory.Testing;

namespace OrderInventory.Architecture.Tests;

/// <summary>docs/settings.md has everything that can be set: it is made from the classes marked as settings, and nothing else reads the configuration.</summary>
public sealed partial class SettingsDocumentTests
{
    private const string Document = "docs/settings.md";
    private static readonly Assembly[] Apps = [typeof(order::Program).Assembly, typeof(inventory::Program).Assembly];
    private static readonly Assembly Both = typeof(SettingsAttribute).Assembly;

    private static readonly (Assembly Assembly, Type Type)[] Classes =
        [.. Apps.Append(Both).SelectMany(assembly => assembly.GetTypes().Where(type => type.IsDefined(typeof(SettingsAttribute))).OrderBy(type => type.Name, StringComparer.Ordinal).Select(type => (assembly, type)))];

    [Fact]
    public void Document_Settings_ListsThemAll() => Assert.Null(DocumentTable.Difference(
        Document,
        "settings",
        ["setting", "app", "default", "what to write", "meaning"],
        from found in Classes
        let options = Activator.CreateInstance(found.Type)!
        from setting in Setting.Of(found.Type)
        select (string[])[$"`{setting.Name}`", AppOf(found.Assembly), setting.DefaultOf(options) is { } given ? $"`{given}`" : "–", setting.Allowed, MeaningOf(found.Assembly, setting)]));

    [Fact]
    public void Configuration_IsReadByTheReaderOfSettingsOnly()
    {
        var readers = Directory.EnumerateFiles(Path.Combine(Repository.Root, "src"), "*.cs", SearchOption.AllDirectories)
            .Select(file => Path.GetRelativePath(Repository.Root, file).Replace('\\', '/'))
            .Where(file => !file.Contains("/obj/", StringComparison.Ordinal))
            .Where(file => ReadsConfiguration().IsMatch(File.ReadAllText(Path.Combine(Repository.Root, file))));

        Assert.Equal(["src/service-defaults/Settings/SettingsReader.cs"], readers);
    }

    [Fact]
    public void Settings_ThatOtherFilesName_AreInTheTable()
    {
        var known = Classes.SelectMany(found => Setting.Of(found.Type)).Select(setting => setting.Name).ToHashSet();
        var named = DocumentTests.DocumentNames.SelectMany(file => Named(file, SpanOfSetting()))
            .Concat(new[] { "*-app.yaml", "kustomization.yaml" }.SelectMany(files => Directory.EnumerateFiles(Path.Combine(Repository.Root, "deploy/k8s"), files, SearchOption.AllDirectories)).SelectMany(file => Named(file, Variable())))
            .ToArray();

        Assert.DoesNotContain(named, name => !known.Contains(name.Setting));
        Assert.Contains(named, name => name.Setting == "ASPNETCORE_HTTP_PORTS");
        Assert.Contains(named, name => name.Setting == "OTEL_TRACES_SAMPLER");
    }

    private static IEnumerable<(string File, string Setting)> Named(string file, Regex name) =>
        name.Matches(File.ReadAllText(Path.Combine(Repository.Root, file))).Select(match => (file, match.Groups[1].Value));

    private static string AppOf(Assembly assembly) => assembly == Both ? "both" : assembly.GetName().Name!;

    // The texts stand beside the assembly, in the file that the compiler wrote.
    private static string MeaningOf(Assembly assembly, Setting setting)
    {
        var texts = XDocument.Load(Path.ChangeExtension(assembly.Location, ".xml"));
        var member = $"P:{setting.Property.DeclaringType!.FullName}.{setting.Property.Name}";
        var summary = texts.Descendants("member").Single(text => text.Attribute("name")!.Value == member).Element("summary")!;
        return Whitespace().Replace(string.Concat(summary.Nodes().Select(TextOf)), " ").Trim();
    }

    private static string TextOf(XNode node) => node switch
    {
        XText text => text.Value,
        XElement { Name.LocalName: "c" } code => $"`{code.Value}`",
        XElement { Name.LocalName: "see" } see => $"`{Classes.SelectMany(found => Setting.Of(found.Type)).Single(setting => see.Attribute("cref")!.Value == $"P:{setting.Property.DeclaringType!.FullName}.{setting.Property.Name}").Name}`",
        _ => throw new InvalidOperationException($"The table has no way to show {node}."),
    };

    [GeneratedRegex(@"onfiguration\??\s*\[|GetSection\(|GetConnectionString\(|\.GetValue<|\.Bind(Configuration)?\(|GetChildren\(|GetEnvironmentVariables?\(")]
    private static partial Regex ReadsConfiguration();

    [GeneratedRegex(@"`((?:(?:Orders|Http|Health|Authentication|Logging)__|ASPNETCORE_|METRICS_|OTEL_|APP_)\w+)")]
    private static partial Regex SpanOfSetting();

    [GeneratedRegex(@"- (?:\{ )?(?:name: )?(\w+)(?:, value:|\n +valueFrom:|=)")]
    private static partial Regex Variable();

    [GeneratedRegex(@"\s+")]
    private static partial Regex Whitespace();
}
