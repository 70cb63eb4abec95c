using System.Text.RegularExpressions;

namespace OrderInventory.Contracts.Tests;

/// <summary>Which ids may be, and that the pattern in the documents says the same.</summary>
public sealed class ResourceNameTests
{
    [Theory]
    [InlineData("a", true)]
    [InlineData("a b", true)]
    [InlineData("书 1", true)]
    [InlineData("😀", true)]
    [InlineData(".a", true)]
    [InlineData("a.", true)]
    [InlineData(". a .", true)]
    [InlineData("a:b%2F,", true)]
    [InlineData("", false)]
    [InlineData(" ", false)]
    [InlineData(" a", false)]
    [InlineData("a ", false)]
    [InlineData("\u00A0a", false)]
    [InlineData("a\u3000", false)]
    [InlineData("\uFEFFa", false)]
    [InlineData("\uFEFF", false)]
    [InlineData(".", false)]
    [InlineData("..", false)]
    [InlineData("...", false)]
    [InlineData(". .", false)]
    [InlineData("a/b", false)]
    [InlineData("a\tb", false)]
    [InlineData("a\u0085b", false)]
    public void IsValid_AndThePattern_SayTheSame(string id, bool isValid)
    {
        Assert.Equal(isValid, ResourceName.IsValid(id));
        // \s of .NET lacks the byte order mark, which that of JSON Schema has.
        Assert.Equal(isValid, Regex.IsMatch(id, ResourceName.Pattern.Replace(@"\s", @"\s\uFEFF", StringComparison.Ordinal).Replace("$", @"\z", StringComparison.Ordinal)));
    }

    [Theory]
    [InlineData(128, true)]
    [InlineData(129, false)]
    public void IsValid_Length_IsCountedInUnicodeCharacters(int characters, bool isValid) =>
        Assert.Equal(isValid, ResourceName.IsValid(string.Concat(Enumerable.Repeat("😀", characters))));
}
