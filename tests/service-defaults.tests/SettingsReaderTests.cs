using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Configuration;
using OrderInventory.ServiceDefaults.Settings;

namespace OrderInventory.ServiceDefaults.Tests;

/// <summary>What is set is taken, and what cannot be taken stops the start and says what to write.</summary>
public sealed class SettingsReaderTests
{
    [Fact]
    public void Read_Nothing_IsTheDefaults()
    {
        var options = SettingsReader.Read<Sectioned>(Configuration());

        Assert.Equal((TimeSpan.FromMinutes(1), null, false, DayOfWeek.Monday), (options.Pause, options.Limit, options.Flag, options.Day));
        Assert.Empty(SettingsReader.Given<Sectioned>(Configuration()));
    }

    [Fact]
    public void Read_Values_AreTaken()
    {
        var configuration = Configuration(("Part:Pause", "00:00:30"), ("part:limit", "7"), ("Part:Flag", "True"), ("Part:Day", "friday"), ("Other", "x"));

        var options = SettingsReader.Read<Sectioned>(configuration);

        Assert.Equal((TimeSpan.FromSeconds(30), 7, true, DayOfWeek.Friday), (options.Pause, options.Limit, options.Flag, options.Day));
        Assert.Equal(["Part:Pause", "Part:Limit", "Part:Flag", "Part:Day"], SettingsReader.Given<Sectioned>(configuration));
    }

    [Theory]
    [InlineData("Part:Pause", "soon", "Part:Pause is 'soon'; write 00:00:01 to 01:00:00, as days.hours:minutes:seconds.")]
    [InlineData("Part:Pause", "30", "Part:Pause is '30'; write 00:00:01 to 01:00:00, as days.hours:minutes:seconds.")]
    [InlineData("Part:Limit", "9", "Part:Limit is '9'; write 0 to 8 pieces; 0 is none.")]
    [InlineData("Part:Limit", "99999999999", "Part:Limit is '99999999999'; write 0 to 8 pieces; 0 is none.")]
    [InlineData("Part:Flag", "yes", "Part:Flag is 'yes'; write true or false.")]
    [InlineData("Part:Flag", " ", "Part:Flag is empty; give it a value or leave it out.")]
    [InlineData("Part:Day", "Someday", "Part:Day is 'Someday'; write one of Sunday, Monday,")]
    [InlineData("Part:Paus", "00:00:30", "Part:Paus is no setting; there are Part:Pause,")]
    [InlineData("Part:Address", "host:80", "Part:Address is 'host:80'; write an address.")]
    public void Read_WhatIsNotAllowed_SaysNameValueAndWhatIs(string key, string value, string message)
    {
        var error = Assert.Throws<InvalidOperationException>(() => SettingsReader.Read<Sectioned>(Configuration((key, value))));

        Assert.StartsWith(message, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Read_WithoutASection_PassesOverWhatIsEmptyOrOfOthers()
    {
        var options = SettingsReader.Read<Rooted>(Configuration(("MY_PORT", ""), ("PATH", "/bin")));

        Assert.Null(options.Port);
        Assert.Equal("ASPNETCORE_MY_PORT", Assert.Single(Setting.Of(typeof(Rooted))).Name);
    }

    [Fact]
    public void Read_SharedSection_KnowsThatThereIsMore()
    {
        var options = SettingsReader.Read<Shared>(Configuration(("Lib:Level:Default", "x"), ("Lib:Level:Other", "y"), ("Lib:More", "")));

        Assert.Equal("x", options.Level);
        Assert.Equal("Lib__Level__Default", Assert.Single(Setting.Of(typeof(Shared))).Name);
    }

    private static IConfigurationRoot Configuration(params (string Key, string Value)[] settings) =>
        new ConfigurationBuilder().AddInMemoryCollection(settings.Select(setting => new KeyValuePair<string, string?>(setting.Key, setting.Value))).Build();

    [Settings("Part")]
    private sealed class Sectioned
    {
        [Range(typeof(TimeSpan), "00:00:01", "01:00:00")]
        public TimeSpan Pause { get; set; } = TimeSpan.FromMinutes(1);

        [Range(0, 8), Allowed("pieces; 0 is none")]
        public int? Limit { get; set; }

        public bool Flag { get; set; }

        public DayOfWeek Day { get; set; } = DayOfWeek.Monday;

        [HttpAddress, Allowed("an address")]
        public string? Address { get; set; }
    }

    [Settings("Lib", IsShared = true)]
    private sealed class Shared
    {
        [ConfigurationKeyName("Level:Default")]
        public string? Level { get; set; }
    }

    [Settings(EnvironmentPrefix = "ASPNETCORE_")]
    private sealed class Rooted
    {
        [ConfigurationKeyName("MY_PORT")]
        public int? Port { get; set; }
    }
}
